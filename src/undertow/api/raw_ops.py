"""`tf.raw_ops`: every op that can run, as a function of its registered inputs and attrs, by keyword."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable

from ..ops import raw
from .names import unknown

# The inputs and attrs that TensorFlow calls otherwise in Python than in the op: its Python name -> the op's own.
_CALLED = {
    **{op: {"axis": "reduction_indices"} for op in "All Any EuclideanNorm Max Mean Min Prod Sum".split()},
    "ExpandDims": {"axis": "dim"},
    "Select": {"x": "t", "y": "e"},
    "Split": {"axis": "split_dim"},
    "SplitV": {"axis": "split_dim"},
    "Squeeze": {"axis": "squeeze_dims"},
    "Where": {"condition": "input"},
}


def __getattr__(name: str) -> Callable[..., typing.Any]:
    from ..runtime.supported import can_run  # brings in torch: only what can run resolves

    if not can_run(name):
        raise unknown(__name__, "tf.raw_ops", name, ())
    function, called = raw.function(name), _CALLED.get(name, {})

    @functools.wraps(function)
    def by_keyword(**inputs: typing.Any) -> typing.Any:
        return function(**{called.get(key, key): value for key, value in inputs.items()})

    return by_keyword
