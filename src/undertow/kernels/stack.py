"""Stacks of tensors, which live for one run: how each op is done. Their handle is the list itself."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .registry import invalid, kernel


class Stack(list[Any]):
    """What was pushed; `limit` elements at most, any number if negative."""

    limit = -1
    _numbers = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self._number = next(self._numbers)

    def read(self) -> np.ndarray:
        """The handle as a program sees it that fetches one: where it is kept, and a name of its own."""
        return np.array([b"_stacks", f"stack_{self._number}".encode()], dtype=object)


@kernel("Stack")
def stack() -> Stack:
    return Stack()


@kernel("StackV2", host=("max_size",))
def stack_v2(max_size: Any) -> Stack:
    made = Stack()
    made.limit = int(max_size)
    return made


@kernel("StackPush", "StackPushV2", view=True)
def push(handle: Stack, elem: Any) -> Any:
    if 0 <= handle.limit <= len(handle):
        raise invalid(f"Stack overflowed its max_size ({handle.limit})")
    handle.append(elem)
    return elem


@kernel("StackPop", "StackPopV2")
def pop(handle: Stack) -> Any:
    if not handle:
        raise invalid("Stack is empty when calling Pop()")
    return handle.pop()


@kernel("StackClose", "StackCloseV2")
def close(handle: Stack) -> None:
    handle.clear()
