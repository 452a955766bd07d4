"""`tf.raw_ops`: every op that can run, as a function of its registered inputs and attrs, by keyword."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..ops import raw
from .names import unknown


def __getattr__(name: str) -> Callable[..., Any]:
    from ..runtime.supported import can_run  # brings in torch: only what can run resolves

    if not can_run(name):
        raise unknown(__name__, "tf.raw_ops", name, ())
    function = raw.function(name)

    @functools.wraps(function)
    def by_keyword(**inputs: Any) -> Any:
        return function(**inputs)

    return by_keyword
