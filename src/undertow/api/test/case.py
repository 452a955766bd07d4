"""`tf.test.TestCase`: a graph, a seed and sessions for each test.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/test/TestCase
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ...graph import scopes, stacks
from .assertions import Assertions
from .environment import get_temp_dir, gpu_device_name

_SEED = 87654321


class TestCase(Assertions):
    """A test with a default graph and a seed of its own, and sessions to run it in."""

    __test__ = True

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        # Not in setUp: a test may have one of its own that does not call this one.
        self._threads: list[_CheckedThread] = []
        self._temp_dir: str | None = None
        self._cached: tuple[Any, Any, Any] | None = None

    def setUp(self) -> None:
        super().setUp()
        random.seed(_SEED)
        np.random.seed(_SEED)
        stacks.reset_default_graph()
        scopes.set_random_seed(_SEED)

    def tearDown(self) -> None:
        for thread in self._threads:
            thread.check_termination()
        if self._cached is not None:
            self._cached[0].close()
        if self._temp_dir is not None:
            shutil.rmtree(self._temp_dir, ignore_errors=True)
        super().tearDown()

    def get_temp_dir(self) -> str:
        """A folder for this test alone, the same at each call."""
        if self._temp_dir is None:
            self._temp_dir = tempfile.mkdtemp(prefix=f"{self._testMethodName[:40]}-", dir=get_temp_dir())
        return self._temp_dir

    @contextlib.contextmanager
    def session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Any]:
        """A new session, as default with its graph; without `use_gpu` the ops made within are put on the CPU."""
        with _new_session(graph, config) as session, _defaults(session, use_gpu, force_gpu):
            yield session

    @contextlib.contextmanager
    def cached_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Any]:
        """The one session of this test, made by the first call.

        Raises:
          ValueError: `graph` or `config` is not what the session was made with.
        """
        with _defaults(self._cached_session(graph, config, strict=True), use_gpu, force_gpu) as session:
            yield session

    def test_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> AbstractContextManager[Any]:
        """`cached_session` without a `graph`, `session` with one."""
        if self._testMethodName == "test_session":  # a test runner takes it for a test
            self.skipTest("Not a test.")
        if graph is None:
            return _defaults(self._cached_session(None, config, strict=False), use_gpu, force_gpu)
        return self.session(graph, config, use_gpu, force_gpu)

    def _cached_session(self, graph: Any, config: Any, strict: bool) -> Any:
        if self._cached is None:
            self._cached = (_new_session(graph, config), graph, config)
        session, made_with_graph, made_with_config = self._cached
        for name, given, made_with in (("graph", graph, made_with_graph), ("config", config, made_with_config)):
            if strict and given is not made_with:
                raise ValueError(
                    f"The {name} used to get the cached session is different than the one that was used to create the "
                    "session. Maybe create a new session with self.session()"
                )
        return session

    def evaluate(self, tensors: Any) -> Any:
        """The values of a nested structure of tensors, in the default session or the test's own."""
        session = stacks.get_default_session()
        if session is not None:
            return session.run(tensors)
        with self.test_session() as session:
            return session.run(tensors)

    def checkedThread(self, target: Callable[..., Any], args: Any = None, kwargs: Any = None) -> _CheckedThread:
        """A thread whose exception fails the test when it is joined, which the test must do."""
        thread = _CheckedThread(self, target, args or (), kwargs or {})
        self._threads.append(thread)
        return thread

    @contextlib.contextmanager
    def captureWritesToStream(self, stream: Any) -> Iterator[_Captured]:
        """Collect what is written to `stream`, which has a file number, by whatever way; ask for its `contents()`."""
        stream.flush()
        number = stream.fileno()
        kept = os.dup(number)
        with tempfile.NamedTemporaryFile(dir=self.get_temp_dir(), delete=False) as file:
            os.dup2(file.fileno(), number)
            try:
                yield _Captured(stream, file.name)
            finally:
                stream.flush()
                os.dup2(kept, number)
                os.close(kept)


def _new_session(graph: Any, config: Any) -> Any:
    from ...runtime.session import Session

    return Session(graph=graph, config=config)


@contextlib.contextmanager
def _defaults(session: Any, use_gpu: bool, force_gpu: bool) -> Iterator[Any]:
    """The session and its graph as defaults, and the device that the test asks for."""
    device: Any = contextlib.nullcontext()
    if force_gpu:
        device = session.graph.device(gpu_device_name() or "/device:GPU:0")
    elif not use_gpu:
        device = session.graph.device("/device:CPU:0")
    with session.graph.as_default(), session.as_default(), device:
        yield session


class _Captured:
    """What `captureWritesToStream` collects."""

    def __init__(self, stream: Any, path: str) -> None:
        self._stream, self._path = stream, path

    def contents(self) -> str:
        """All that has been written so far."""
        self._stream.flush()
        with open(self._path, encoding="utf-8", errors="replace") as file:
            return file.read()


class _CheckedThread:
    """A thread of a test."""

    def __init__(self, case: TestCase, target: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self._case = case
        self._error: BaseException | None = None
        self._joined = False
        self._thread = threading.Thread(target=self._run, args=(target, args, kwargs), daemon=True)

    def _run(self, target: Callable[..., Any], args: Any, kwargs: Any) -> None:
        try:
            target(*args, **kwargs)
        except BaseException as error:
            self._error = error

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait for it, and fail the test if it failed."""
        self._joined = True
        self._thread.join()
        if self._error is not None:
            self._case.fail(f"Error in checkedThread: {self._error}")

    def check_termination(self) -> None:
        """Fail the test if the thread was never joined."""
        if not self._joined:
            still = "is still running" if self.is_alive() else "ended"
            self._case.fail(f"A checked thread was not terminated: it {still} and was not joined.")
