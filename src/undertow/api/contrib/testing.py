"""`tf.contrib.testing`: what a program wrote to its summaries, for tests to look at.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/testing
"""

from __future__ import annotations

import glob
import os
from typing import Any

from .. import summary_writer
from ..protos import Summary


class FakeSummaryWriter:
    """Keeps what it is given in memory. Between `install` and `uninstall` it is the writer that hooks get."""

    _replaced: Any = None

    @classmethod
    def install(cls) -> None:
        """Take the place of `tf.summary.FileWriter` in the cache of writers."""
        if cls._replaced is not None:
            raise ValueError("FakeSummaryWriter already installed.")
        cls._replaced = summary_writer.FileWriter
        summary_writer.FileWriter = cls  # type: ignore[misc, assignment]
        summary_writer.FileWriterCache.clear()

    @classmethod
    def uninstall(cls) -> None:
        """Give the place back."""
        if cls._replaced is None:
            raise ValueError("FakeSummaryWriter not installed.")
        summary_writer.FileWriter = cls._replaced  # type: ignore[misc]
        summary_writer.FileWriterCache.clear()
        cls._replaced = None

    def __init__(self, logdir: str, graph: Any = None) -> None:
        self._logdir = logdir
        self._graph = graph
        self._summaries: dict[int, list[Any]] = {}
        self._added_graphs: list[Any] = []
        self._added_meta_graphs: list[Any] = []
        self._added_session_logs: list[Any] = []
        self._added_run_metadata: dict[str, Any] = {}

    @property
    def summaries(self) -> dict[int, list[Any]]:
        return self._summaries

    def assert_summaries(
        self,
        test_case: Any,
        expected_logdir: str | None = None,
        expected_graph: Any = None,
        expected_summaries: Any = None,
        expected_added_graphs: Any = None,
        expected_added_meta_graphs: Any = None,
        expected_session_logs: Any = None,
    ) -> None:
        """Hold what was written to what is expected; what is not told is not looked at.

        `expected_summaries` maps steps to dicts from tags to values.
        """
        if expected_logdir is not None:
            test_case.assertEqual(expected_logdir, self._logdir)
        if expected_graph is not None:
            test_case.assertTrue(expected_graph is self._graph)
        for step, expected in (expected_summaries or {}).items():
            test_case.assertIn(step, self._summaries)
            found = {v.tag: v.simple_value for summary in self._summaries[step] for v in summary.value}
            test_case.assertEqual(set(expected), set(found))
            for tag, value in expected.items():
                test_case.assertAlmostEqual(value, found[tag], places=5)
        for wanted, kept in (
            (expected_added_graphs, self._added_graphs),
            (expected_added_meta_graphs, self._added_meta_graphs),
            (expected_session_logs, self._added_session_logs),
        ):
            if wanted is not None:
                test_case.assertEqual(wanted, kept)

    def add_summary(self, summary: Any, current_global_step: int) -> None:
        if isinstance(summary, bytes):
            summary = Summary.FromString(summary)
        self._summaries.setdefault(int(current_global_step), []).append(summary)

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        self._added_graphs.append(graph)

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        self._added_meta_graphs.append(meta_graph_def)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        self._added_session_logs.append(session_log)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: int | None = None) -> None:
        """Keep it under its tag; `ValueError` for a negative step."""
        if global_step is not None and global_step < 0:
            raise ValueError("negative global step")
        self._added_run_metadata[tag] = run_metadata

    def flush(self) -> None:
        pass

    def reopen(self) -> None:
        pass

    def close(self) -> None:
        pass


def latest_event_file(base_dir: str) -> str:
    """The newest event file in a folder; `ValueError` if it has none."""
    files = glob.glob(os.path.join(glob.escape(base_dir), "*tfevents*"))
    if not files:
        raise ValueError(f"No event files in {base_dir}.")
    return max(files, key=os.path.getctime)


def latest_events(base_dir: str) -> list[Any]:
    """The events of the newest event file in a folder."""
    return list(summary_writer.summary_iterator(latest_event_file(base_dir)))


def latest_summaries(base_dir: str) -> list[Any]:
    """The summaries among the events of the newest event file in a folder."""
    return [event for event in latest_events(base_dir) if event.HasField("summary")]
