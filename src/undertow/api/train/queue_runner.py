"""`tf.train.QueueRunner`: threads that fill a queue while a session runs.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/QueueRunner
"""

from __future__ import annotations

import logging
import threading
import weakref
from typing import Any

from ...graph import errors, stacks
from ...graph.graph import Graph
from ...graph.keys import GraphKeys
from ...ops.queues import QueueBase
from ...runtime.session import BaseSession
from .coordinator import Coordinator

_log = logging.getLogger("tensorflow")


class QueueRunner:
    """Runs each of `enqueue_ops` in a thread of its own until the queue's input ends or a coordinator stops.

    `close_op` and `cancel_op` close the queue, the second with its pending enqueues; by default they are made. The
    `queue_closed_exception_types` (by default `tf.errors.OutOfRangeError`) are the end of the input, not failures.
    """

    def __init__(
        self,
        queue: Any = None,
        enqueue_ops: Any = None,
        close_op: Any = None,
        cancel_op: Any = None,
        queue_closed_exception_types: Any = None,
        queue_runner_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if queue_runner_def is not None:
            if queue is not None or enqueue_ops is not None:
                raise ValueError("queue_runner_def and queue are mutually exclusive")
            self._from_def(queue_runner_def, import_scope)
        else:
            if queue is None or not enqueue_ops:
                raise ValueError("Must provide queue and enqueue_ops.")
            types = queue_closed_exception_types
            if types is None:
                types = (errors.OutOfRangeError,)
            if (
                not isinstance(types, tuple)
                or not types
                or not all(isinstance(t, type) and issubclass(t, errors.OpError) for t in types)
            ):
                raise TypeError(
                    "queue_closed_exception_types, when provided, must be a tuple of tf.error types, but saw: "
                    f"{queue_closed_exception_types}"
                )
            self._queue = queue
            self._enqueue_ops = list(enqueue_ops)
            self._close_op = queue.close() if close_op is None else close_op
            self._cancel_op = queue.close(cancel_pending_enqueues=True) if cancel_op is None else cancel_op
            self._queue_closed_exception_types = types
        self._lock = threading.Lock()
        # session -> how many of the threads that create_threads made for it still run
        self._runs: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._exceptions_raised: list[BaseException] = []

    @property
    def queue(self) -> Any:
        return self._queue

    @property
    def enqueue_ops(self) -> list[Any]:
        return self._enqueue_ops

    @property
    def close_op(self) -> Any:
        return self._close_op

    @property
    def cancel_op(self) -> Any:
        return self._cancel_op

    @property
    def queue_closed_exception_types(self) -> tuple[type[errors.OpError], ...]:
        return self._queue_closed_exception_types

    @property
    def exceptions_raised(self) -> list[BaseException]:
        """What the threads raised, if they had no coordinator to hand it to."""
        return self._exceptions_raised

    @property
    def name(self) -> str:
        return self._queue.name

    def create_threads(
        self, sess: Any, coord: Coordinator | None = None, daemon: bool = False, start: bool = False
    ) -> list[threading.Thread]:
        """The threads that run the enqueue ops in `sess`; none if the ones made before still run.

        With `coord` they stop with it, and hand it their errors; one more thread closes the queue then. `daemon`
        threads do not keep the program alive; with `start` they are started.
        """
        with self._lock:
            if self._runs.get(sess, 0) > 0:
                return []
            self._runs[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        threads = [
            threading.Thread(target=self._run, args=(sess, op, coord), name=f"QueueRunnerThread-{self.name}-{op.name}")
            for op in self._enqueue_ops
        ]
        if coord is not None:
            threads.append(
                threading.Thread(
                    target=self._close_on_stop,
                    args=(sess, self._cancel_op, coord),
                    name=f"QueueRunnerThread-{self.name}-close_on_stop",
                )
            )
        for thread in threads:
            if coord is not None:
                coord.register_thread(thread)
            thread.daemon = daemon
            if start:
                thread.start()
        return threads

    def _run(self, sess: Any, enqueue_op: Any, coord: Coordinator | None) -> None:
        """One thread: enqueue until the input ends; the last thread of a session closes the queue."""
        running = True
        try:
            enqueue = sess.make_callable(enqueue_op)
            while coord is None or not coord.should_stop():
                try:
                    enqueue()
                except self._queue_closed_exception_types:
                    running = False
                    self._one_less(sess, close=True)
                    return
        except Exception as error:
            if coord is not None:
                coord.request_stop(error)
            else:
                _log.error("Exception in QueueRunner: %s", error)
                with self._lock:
                    self._exceptions_raised.append(error)
        finally:
            if running:
                self._one_less(sess, close=False)

    def _one_less(self, sess: Any, close: bool) -> None:
        with self._lock:
            self._runs[sess] -= 1
            last = self._runs[sess] == 0
        if close and last:
            try:
                sess.run(self._close_op)
            except Exception as error:
                _log.info("Ignored exception: %s", error)  # it may be closed, or the session

    def _close_on_stop(self, sess: Any, cancel_op: Any, coord: Coordinator) -> None:
        """Wake the threads that wait in an enqueue once the coordinator stops."""
        coord.wait_for_stop()
        try:
            sess.run(cancel_op)
        except Exception as error:
            _log.info("Ignored exception: %s", error)  # the session may be closed already

    # Protocol buffers

    def to_proto(self, export_scope: str | None = None) -> Any:
        """This as a QueueRunnerDef; None if its queue is not under `export_scope`."""
        from ...formats.messages import QueueRunnerDef

        if export_scope is not None and not self.name.startswith(export_scope):
            return None

        def name(element: Any) -> str:
            return element.name if not export_scope else element.name.removeprefix(f"{export_scope.rstrip('/')}/")

        return QueueRunnerDef(
            queue_name=name(self._queue),
            enqueue_op_name=[name(op) for op in self._enqueue_ops],
            close_op_name=name(self._close_op),
            cancel_op_name=name(self._cancel_op),
            queue_closed_exception_types=[
                errors.error_code_from_exception_type(t) for t in self._queue_closed_exception_types
            ],
        )

    @staticmethod
    def from_proto(queue_runner_def: Any, import_scope: str | None = None) -> QueueRunner:
        """The QueueRunner that a QueueRunnerDef tells of; its queue and ops are in the default graph already."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)

    def _from_def(self, definition: Any, import_scope: str | None) -> None:
        graph = stacks.get_default_graph()
        prefix = f"{import_scope.rstrip('/')}/" if import_scope else ""

        def element(name: str) -> Any:
            return graph.as_graph_element(prefix + name)

        ref = element(definition.queue_name)
        ref = ref if hasattr(ref, "op") else ref.outputs[0]
        self._queue = QueueBase.of(ref)
        self._enqueue_ops = [element(name) for name in definition.enqueue_op_name]
        self._close_op = element(definition.close_op_name)
        self._cancel_op = element(definition.cancel_op_name)
        codes = definition.queue_closed_exception_types or [errors.OUT_OF_RANGE]
        self._queue_closed_exception_types = tuple(errors.exception_type_from_error_code(code) for code in codes)


def add_queue_runner(qr: QueueRunner, collection: str = GraphKeys.QUEUE_RUNNERS) -> None:
    """Collect a queue runner in the default graph, for `start_queue_runners`."""
    stacks.get_default_graph().add_to_collection(collection, qr)


def start_queue_runners(
    sess: Any = None,
    coord: Coordinator | None = None,
    daemon: bool = True,
    start: bool = True,
    collection: str = GraphKeys.QUEUE_RUNNERS,
) -> list[threading.Thread]:
    """Start all queue runners that the session's graph collected, and return their threads.

    The default session unless one is given; a `MonitoredSession` has started them itself, so nothing is done for it.
    `ValueError` if there is no session, `TypeError` for what is none.
    """
    if sess is None:
        sess = stacks.get_default_session()
        if sess is None:
            raise ValueError(
                "Cannot start queue runners: No default session is registered. Use `with sess.as_default()` or pass "
                "an explicit session to tf.start_queue_runners(sess=sess)"
            )
    if not isinstance(sess, BaseSession):
        from .monitored_session import MonitoredSession, SingularMonitoredSession

        if isinstance(sess, (MonitoredSession, SingularMonitoredSession)):
            return []
        raise TypeError(f"sess must be a `tf.Session` object. Given class: {sess.__class__}")
    runners = sess.graph.get_collection(collection)
    if not runners:
        _log.warning("`tf.train.start_queue_runners()` was called when no queue runners were defined.")
    graph: Graph = sess.graph
    with graph.as_default():
        return [t for qr in runners for t in qr.create_threads(sess, coord=coord, daemon=daemon, start=start)]
