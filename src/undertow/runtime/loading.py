"""Bringing torch in, which is most of the time from a program's start to the end of its first step."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@cache
def engine() -> Any:
    """The module `engine`, which needs torch: for when something is about to run, not before."""
    with _uncollected():
        from . import engine

    return engine


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from looking for garbage while modules are imported, whose objects stay for good.

    Looking through the objects that torch makes again and again took a sixth of the time of its import. They leave as
    the oldest generation, which is not looked through soon.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            if not gc.get_freeze_count():  # what a program froze has to stay so
                gc.freeze()
                gc.unfreeze()
            gc.enable()
