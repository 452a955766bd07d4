"""Locks: what `tf.CriticalSection` waits for."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from .registry import kernel


class Mutex:
    """Held by one execution at a time, across the runs of a session."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._changed = threading.Condition()
        self._held = False

    def take(self, cancellation: Any) -> Held:
        with self._changed:
            while self._held:
                cancellation.wait(self._changed, "MutexLock")
            self._held = True
        return Held(self)

    def give(self) -> None:
        with self._changed:
            self._held = False
            self._changed.notify()


class Held:
    """A mutex that is held until it is released, or until nobody has this any more: a run that failed."""

    def __init__(self, mutex: Mutex) -> None:
        self._mutex: Mutex | None = mutex

    def release(self) -> None:
        mutex, self._mutex = self._mutex, None
        if mutex is not None:
            mutex.give()

    __del__ = release


def _scalar(value: Any) -> np.ndarray:
    result = np.empty((), dtype=object)
    result[()] = value
    return result


@kernel("MutexV2", context=True, on_host=True)
def mutex(context: Any) -> np.ndarray:
    return _scalar(context.resources.get("mutex", context.op, Mutex))


@kernel("MutexLock", context=True, on_host=True)
def lock(context: Any, mutex: np.ndarray) -> np.ndarray:
    return _scalar(mutex[()].take(context.cancellation))


@kernel("ConsumeMutexLock", on_host=True)
def consume(mutex_lock: np.ndarray) -> None:
    held: Held = mutex_lock.item()
    held.release()
