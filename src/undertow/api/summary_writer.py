"""`tf.summary.FileWriter`: writes summaries, graphs and the rest of what TensorBoard shows into event files.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/summary/FileWriter
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event, SessionLog, TaggedRunMetadata
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef
from tensorboard.compat.proto.summary_pb2 import Summary

from ..formats.events import EventWriter, read_events
from ..graph import stacks
from ..graph.errors import unbuilt
from ..graph.graph import Graph
from . import logging
from .file_io import local_path


class FileWriter:
    """Writes an event file in the folder `logdir`, which is made if need be; also a context manager that closes it.

    `graph` is added at once. What is added is in the file after `flush` or `close`, and every `flush_secs` seconds.
    The file's name ends with `filename_suffix`. `max_queue` changes nothing: nothing waits here.
    """

    def __init__(
        self,
        logdir: Any,
        graph: Graph | None = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        graph_def: Any = None,
        filename_suffix: str | None = None,
        session: Any = None,
    ) -> None:
        if session is not None:
            raise unbuilt("FileWriter(session=…)", "Leave `session` out: the writer then needs none.")
        self._logdir = local_path(logdir)
        self._flush_secs = flush_secs
        self._suffix = filename_suffix or ""
        self._events: EventWriter | None = self._opened()
        self._warned = False
        self._run_tags: set[str] = set()
        self._described: set[str] = set()
        if graph is not None or graph_def is not None:
            from .train.meta_graph import meta_graph_def

            self.add_graph(graph, graph_def=graph_def)
            meta = meta_graph_def(graph) if isinstance(graph, Graph) else MetaGraphDef(graph_def=graph_def or graph)
            self.add_meta_graph(meta)

    def _opened(self) -> EventWriter:
        return EventWriter(self._logdir, self._flush_secs, self._suffix)

    def get_logdir(self) -> str:
        """The folder of the event file."""
        return self._logdir

    def add_event(self, event: Any) -> None:
        """Add an Event as it is. After `close` nothing is added; the first time that is warned of."""
        if not isinstance(event, Event):
            raise TypeError(f"event must be an Event, not {type(event).__name__}")
        if self._events is not None:
            self._events.add(event)
        elif not self._warned:
            self._warned = True
            warnings.warn(
                "Attempting to use a closed FileWriter. The operation will be a noop unless the FileWriter is "
                "explicitly reopened.",
                stacklevel=3,
            )

    def _add(self, global_step: Any, **what: Any) -> None:
        step = 0 if global_step is None else int(global_step)
        self.add_event(Event(wall_time=time.time(), step=step, **what))

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Add a Summary, or the bytes of one: what running a summary op gives."""
        if isinstance(summary, Summary):
            summary = summary.SerializeToString()
        if not isinstance(summary, bytes):
            raise TypeError(f"summary must be a Summary or the bytes of one, not {type(summary).__name__}")
        try:
            summary = Summary.FromString(summary)
        except DecodeError:
            raise ValueError("add_summary() was given bytes that are not a Summary") from None
        for value in summary.value:
            if value.HasField("metadata"):  # written once for a tag; TensorBoard knows it from then on
                if value.tag in self._described:
                    value.ClearField("metadata")
                self._described.add(value.tag)
        self._add(global_step, summary=summary)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Add a SessionLog: that training starts, stops, or has made a checkpoint."""
        if not isinstance(session_log, SessionLog):
            raise TypeError(f"session_log must be a SessionLog, not {type(session_log).__name__}")
        self._add(global_step, session_log=session_log)

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Add a graph. A GraphDef in its place, or as `graph_def`, is the older form."""
        if graph is not None and graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        if isinstance(graph, Graph):
            definition = graph.as_graph_def(add_shapes=True)
        elif isinstance(graph, GraphDef) or isinstance(graph_def, GraphDef):
            logging.warning(
                "Passing a `GraphDef` to the SummaryWriter is deprecated. Pass a `Graph` object instead, such as "
                "`sess.graph`."
            )
            definition = graph if graph_def is None else graph_def
        else:
            raise TypeError("The passed graph must be an instance of `Graph` or the deprecated `GraphDef`")
        self._add(global_step, graph_def=definition.SerializeToString())

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Add a MetaGraphDef."""
        if not isinstance(meta_graph_def, MetaGraphDef):
            raise TypeError(f"meta_graph_def must be type MetaGraphDef, saw type: {type(meta_graph_def)}")
        self._add(global_step, meta_graph_def=meta_graph_def.SerializeToString())

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Add the RunMetadata of one run under a tag; `ValueError` if the tag has one."""
        if tag in self._run_tags:
            raise ValueError("The provided tag was already used for this event type")
        self._run_tags.add(tag)
        tagged = TaggedRunMetadata(tag=tag, run_metadata=run_metadata.SerializeToString())
        self._add(global_step, tagged_run_metadata=tagged)

    def flush(self) -> None:
        """Hand what is added to the operating system."""
        if self._events is not None:
            self._events.flush()

    def close(self) -> None:
        """Finish the file; a second time does nothing."""
        if self._events is not None:
            self._events.close()
            self._events = None

    def reopen(self) -> None:
        """After `close`, start a new file; an open one stays."""
        if self._events is None:
            self._events = self._opened()
            self._warned = False

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


class FileWriterCache:
    """One `FileWriter` for each folder of the process."""

    _writers: dict[str, FileWriter] = {}  # noqa: RUF012 - the cache is the class's
    _lock = threading.RLock()

    @staticmethod
    def get(logdir: Any) -> FileWriter:
        """The writer for a folder; a new one has the default graph in its file."""
        with FileWriterCache._lock:
            key = local_path(logdir)
            if key not in FileWriterCache._writers:
                FileWriterCache._writers[key] = FileWriter(logdir, graph=stacks.get_default_graph())
            return FileWriterCache._writers[key]

    @staticmethod
    def clear() -> None:
        """Close all writers and forget them."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._writers.values():
                writer.close()
            FileWriterCache._writers.clear()


def summary_iterator(path: str | os.PathLike[str]) -> Iterator[Any]:
    """The Events of an event file.

    Raises:
      NotFoundError: there is no such file.
      DataLossError: the file is damaged; it says where.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/summary_iterator
    """
    return read_events(local_path(path))
