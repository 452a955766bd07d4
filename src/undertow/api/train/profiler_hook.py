"""`tf.train.ProfilerHook`: writes a timeline of one step every so often.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/ProfilerHook
"""

from __future__ import annotations

import os
from typing import Any

from ...formats.whole import write_whole
from ...runtime.timeline import Timeline
from .. import logging
from ..protos import RunOptions
from ..summary_writer import FileWriterCache
from .saving_hooks import required_global_step
from .session_run_hook import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues
from .timers import SecondOrStepTimer


class ProfilerHook(SessionRunHook):
    """Traces a run every `save_steps` or `save_secs`, never the first: `output_dir/timeline-<step>.json`.

    The step's RunMetadata goes to the folder's event file as well. `show_dataflow` and `show_memory` are the
    timeline's. `ValueError` unless exactly one of `save_steps` and `save_secs` is given.
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str = "",
        show_dataflow: bool = True,
        show_memory: bool = False,
    ) -> None:
        self._output_dir = output_dir
        self._show_dataflow = show_dataflow
        self._show_memory = show_memory
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self) -> None:
        self._writer = FileWriterCache.get(self._output_dir)
        self._next_step: int | None = None
        self._global_step_tensor = required_global_step(self)

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        self._traced = self._next_step is not None and self._timer.should_trigger_for_step(self._next_step)
        options = RunOptions(trace_level=RunOptions.FULL_TRACE) if self._traced else None
        return SessionRunArgs({"global_step": self._global_step_tensor}, options=options)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        stale = run_values.results["global_step"]
        if self._next_step is None:  # the first run: from here on it counts
            self._timer.update_last_triggered_step(stale)
        step = stale + 1
        if self._traced:
            step = run_context.session.run(self._global_step_tensor)
            self._timer.update_last_triggered_step(step)
            self._save(step, run_values.run_metadata)
        self._next_step = step + 1

    def _save(self, step: int, run_metadata: Any) -> None:
        path = os.path.join(self._output_dir, f"timeline-{step}.json")
        logging.info("Saving timeline for %d into '%s'.", step, path)
        trace = Timeline(run_metadata.step_stats).generate_chrome_trace_format(self._show_dataflow, self._show_memory)
        write_whole(path, trace.encode())
        self._writer.add_run_metadata(run_metadata, f"step_{step}")
