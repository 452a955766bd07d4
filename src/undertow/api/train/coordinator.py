"""`tf.train.Coordinator`: lets threads that work together stop together.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/Coordinator
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ...graph import errors

_log = logging.getLogger("tensorflow")
_POLL_SECS = 0.01


class Coordinator:
    """A stop signal that threads share, and the first error that one of them reported.

    Any thread may call `request_stop`; all look at `should_stop`, and the main one waits in `join`, which raises the
    error again. Errors of `clean_stop_exception_types`, by default `tf.errors.OutOfRangeError`, only stop.
    """

    def __init__(self, clean_stop_exception_types: Any = None) -> None:
        if clean_stop_exception_types is None:
            clean_stop_exception_types = (errors.OutOfRangeError,)
        self._clean_stop_exception_types = tuple(clean_stop_exception_types)
        self._lock = threading.Lock()
        self._stop_event = threading.Event()
        self._error: BaseException | None = None
        self._joined = False
        self._registered_threads: set[threading.Thread] = set()

    @property
    def joined(self) -> bool:
        return self._joined

    def request_stop(self, ex: Any = None) -> None:
        """Ask the threads to stop; `ex` is an exception, or `sys.exc_info()`, for `join` to raise.

        After `join` the exception is raised here, where else would it be seen.
        """
        error = _exception(ex)
        if isinstance(error, self._clean_stop_exception_types):
            error = None
        with self._lock:
            if self._joined:
                if error is not None:
                    raise error
                return
            if not self._stop_event.is_set():
                if error is not None and self._error is None:
                    _log.info("Error reported to Coordinator: %s, %s", type(error), error)
                    self._error = error
                self._stop_event.set()

    def clear_stop(self) -> None:
        """Forget that a stop was requested, with its error, and that threads were joined."""
        with self._lock:
            self._joined = False
            self._error = None
            self._stop_event.clear()

    def should_stop(self) -> bool:
        """Whether a stop was requested."""
        return self._stop_event.is_set()

    @contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """Hand an error raised inside to `request_stop`, and go on after the block."""
        try:
            yield
        except:  # noqa: E722 - whatever it is, the threads must stop
            self.request_stop(ex=sys.exc_info())

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Wait until a stop is requested, at most `timeout` seconds; returns whether it was."""
        return self._stop_event.wait(timeout)

    def register_thread(self, thread: threading.Thread) -> None:
        """Let `join` wait for this thread too."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(
        self,
        threads: Iterable[threading.Thread] | None = None,
        stop_grace_period_secs: float = 120,
        ignore_live_threads: bool = False,
    ) -> None:
        """Wait for the threads registered and given, and raise the error that stopped them, if there is one.

        `RuntimeError` if, so long after a stop was requested, threads are still alive, unless those are ignored.
        """
        with self._lock:
            waited = {*self._registered_threads, *(threads or ())}
        alive = _alive(waited)
        while alive and not self._stop_event.is_set():
            _await_one(alive)
            alive = _alive(waited)
        end = time.monotonic() + stop_grace_period_secs
        while alive and time.monotonic() < end:
            _await_one(alive)
            alive = _alive(waited)
        with self._lock:
            self._joined = True
            self._registered_threads = set()
            if self._error is not None:
                raise self._error
            if alive:
                message = f"Coordinator stopped with threads still running: {' '.join(t.name for t in alive)}"
                if not ignore_live_threads:
                    raise RuntimeError(message)
                _log.info(message)

    def raise_requested_exception(self) -> None:
        """Raise the error that was handed to `request_stop`, if one was."""
        with self._lock:
            if self._error is not None:
                raise self._error


def _exception(ex: Any) -> BaseException | None:
    """What `request_stop` was given, an exception or a triple of `sys.exc_info()`, as an exception."""
    return ex[1] if isinstance(ex, tuple) else ex


def _alive(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    current = threading.current_thread()
    return [t for t in threads if t is not current and t.is_alive()]


def _await_one(threads: list[threading.Thread]) -> None:
    threads[0].join(_POLL_SECS)


class LooperThread(threading.Thread):
    """A thread that calls `target` again and again until its coordinator stops, every `timer_interval_secs` if told.

    A subclass may override `start_loop`, `run_loop` and `stop_loop`. An error stops the coordinator.
    """

    def __init__(
        self,
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any] | None = None,
        args: Any = None,
        kwargs: Any = None,
    ) -> None:
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        super().__init__()
        self.daemon = True
        self._coord = coord
        self._timer_interval_secs = timer_interval_secs
        self._loop_target = target
        self._loop_args = args or ()
        self._loop_kwargs = kwargs or {}
        if target is None and (args or kwargs):
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        coord.register_thread(self)

    @staticmethod
    def loop(
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any],
        args: Any = None,
        kwargs: Any = None,
    ) -> LooperThread:
        """Start a thread that calls `target(*args, **kwargs)` until the coordinator stops."""
        looper = LooperThread(coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    def run(self) -> None:
        with self._coord.stop_on_exception():
            self.start_loop()
            if self._timer_interval_secs is None:
                while not self._coord.should_stop():
                    self.run_loop()
            else:
                due = time.time()
                while not self._coord.wait_for_stop(due - time.time()):
                    due += self._timer_interval_secs
                    self.run_loop()
            self.stop_loop()

    def start_loop(self) -> None:
        """Called once when the thread starts."""

    def stop_loop(self) -> None:
        """Called once when it stops."""

    def run_loop(self) -> None:
        """Called at each turn."""
        if self._loop_target:
            self._loop_target(*self._loop_args, **self._loop_kwargs)
