"""Event files, which TensorBoard reads: a TFRecord file of Event messages, the first of which tells the version.

Source: https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
"""

from __future__ import annotations

import os
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event

from undertow.formats.os_errors import os_errors
from undertow.formats.tfrecord import RecordWriter, read_records
from undertow.graph.errors import DataLossError

_VERSION = "brain.Event:2"


def read_events(path: str | os.PathLike[str]) -> Iterator[Any]:
    """The Events of a file.

    Raises:
      NotFoundError: there is no such file; at once, before the first is asked for.
      DataLossError: a record is corrupt, cut off, or no Event.
    """
    return _events(os.fspath(path), read_records(path))


def _events(name: str, records: Iterator[bytes]) -> Iterator[Any]:
    for count, record in enumerate(records):
        try:
            yield Event.FromString(record)
        except DecodeError:
            raise DataLossError(None, None, f"{name}: record {count} is not an Event") from None


class EventWriter:
    """A new event file in the folder `logdir`, which is made if it is not there. Threads may share one.

    What is added is in the file after `flush`, after `close`, when the process ends, and with the first event added
    `flush_secs` seconds after the last flush.
    """

    def __init__(self, logdir: str, flush_secs: float, suffix: str) -> None:
        with os_errors(logdir):
            os.makedirs(logdir or ".", exist_ok=True)
        self.path = _new_path(logdir, suffix)
        self._records = RecordWriter(self.path)
        self._lock = threading.Lock()
        self._flush_secs = flush_secs
        self._flushed = time.monotonic()
        self.close = weakref.finalize(self, self._records.close)
        self.add(Event(wall_time=time.time(), file_version=_VERSION))
        self.flush()

    def add(self, event: Any) -> None:
        """Add an Event."""
        record = event.SerializeToString()
        with self._lock:
            self._records.write(record)
            if time.monotonic() - self._flushed >= self._flush_secs:
                self._flush()

    def flush(self) -> None:
        """Hand what is added to the operating system."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        self._records.flush()
        self._flushed = time.monotonic()


def _new_path(logdir: str, suffix: str) -> str:
    """A path that TensorBoard takes for an event file's, and that is not there: two writers may start in one second."""
    name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}"
    count = 0
    while os.path.exists(path := os.path.join(logdir, f"{name}{f'.{count}' if count else ''}{suffix}")):
        count += 1
    return path
