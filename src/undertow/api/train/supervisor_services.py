"""The threads of a supervisor: summaries, the speed in steps a second, checkpoints."""

from __future__ import annotations

import time
from typing import Any

from .. import logging
from ..protos import SessionLog, Summary
from . import training_util
from .coordinator import LooperThread


class SVSummaryThread(LooperThread):
    """Writes the supervisor's summaries every so often."""

    def __init__(self, sv: Any, sess: Any) -> None:
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv, self._sess = sv, sess

    def run_loop(self) -> None:
        step = None
        if self._sv.global_step is not None:
            summaries, step = self._sess.run([self._sv.summary_op, self._sv.global_step])
        else:
            summaries = self._sess.run(self._sv.summary_op)
        if self._sv.summary_writer:
            self._sv.summary_writer.add_summary(summaries, step)


class SVStepCounterThread(LooperThread):
    """Writes how many steps a second were done."""

    def __init__(self, sv: Any, sess: Any, step_counter: Any = None) -> None:
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv, self._sess = sv, sess
        self._step_counter = sv.global_step if step_counter is None else step_counter
        self._summary_tag = f"{self._step_counter.op.name}/sec"

    def start_loop(self) -> None:
        self._last_time = time.time()
        self._last_step = training_util.global_step(self._sess, self._step_counter)

    def run_loop(self) -> None:
        step = training_util.global_step(self._sess, self._step_counter)
        now = time.time()
        elapsed = now - self._last_time
        speed = (step - self._last_step) / elapsed if elapsed > 0 else float("inf")
        self._last_time, self._last_step = now, step
        logging.info("%s: %g", self._summary_tag, speed)
        if self._sv.summary_writer:
            summary = Summary(value=[Summary.Value(tag=self._summary_tag, simple_value=speed)])
            self._sv.summary_writer.add_summary(summary, step)


class SVTimerCheckpointThread(LooperThread):
    """Saves a checkpoint every so often."""

    def __init__(self, sv: Any, sess: Any) -> None:
        super().__init__(sv.coord, sv.save_model_secs)
        self._sv, self._sess = sv, sess

    def run_loop(self) -> None:
        logging.info("Saving checkpoint to path %s", self._sv.save_path)
        self._sv.saver.save(self._sess, self._sv.save_path, global_step=self._sv.global_step)
        if self._sv.summary_writer and self._sv.global_step is not None:
            step = training_util.global_step(self._sess, self._sv.global_step)
            log = SessionLog(status=SessionLog.CHECKPOINT, checkpoint_path=self._sv.save_path)
            self._sv.summary_writer.add_session_log(log, step)


def services(sv: Any, sess: Any) -> list[LooperThread]:
    """The threads that a supervisor runs, not yet started."""
    threads: list[LooperThread] = []
    if sv.save_summaries_secs and sv.summary_writer:
        if sv.summary_op is not None:
            threads.append(SVSummaryThread(sv, sess))
        if sv.global_step is not None:
            threads.append(SVStepCounterThread(sv, sess))
    if sv.saver and sv.save_model_secs:
        threads.append(SVTimerCheckpointThread(sv, sess))
    return threads
