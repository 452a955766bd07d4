"""`tf.case`: the first of several branches whose predicate is true, as conds inside each other.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/case
"""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import control_dependencies, name_scope
from .check import Assert
from .cond import cond
from .constant import constant
from .node import node

Pair = tuple[Tensor, Callable[[], Any]]


def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """What the function of the first (scalar bool, function) pair gives whose predicate is true, else `default()`.

    Without a `default` the run fails if none is; if `exclusive`, if more than one is. A dict of predicates goes by
    their names, unless it is an OrderedDict. A list of one is given as that one unless `strict`. `TypeError` for pairs
    that are none, predicates that are not bool and functions that cannot be called.
    """
    pairs = _pairs(pred_fn_pairs)
    if default is not None and not callable(default):
        raise TypeError("default must be callable.")
    with name_scope(name, "case", [pred for pred, _ in pairs]):
        if not exclusive:
            return _chain(pairs, default, strict)
        with control_dependencies([_at_most_one(pairs)]):
            return _chain(pairs, default, strict)


def _pairs(given: Any) -> list[Pair]:
    if isinstance(given, dict):
        ordered = isinstance(given, collections.OrderedDict)
        given = list(given.items()) if ordered else sorted(given.items(), key=lambda item: item[0].name)
    if not isinstance(given, (list, tuple)):
        raise TypeError("pred_fn_pairs must be a list, tuple, or dict")
    for pair in given:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
        pred, fn = pair
        if not isinstance(pred, Tensor):
            raise TypeError(f"pred must be a Tensor, got: {pred}")
        if pred.dtype.base_dtype is not dtypes.bool:
            raise TypeError(f"pred must be Tensor of type bool: {pred.name}")
        if not callable(fn):
            raise TypeError(f"fn for pred {pred.name} must be callable.")
    if not given:
        raise ValueError("pred_fn_pairs must hold at least one pair.")
    return list(given)


def _names(pairs: list[Pair]) -> str:
    return ", ".join(pred.name for pred, _ in pairs)


def _chain(pairs: list[Pair], default: Callable[[], Any] | None, strict: bool) -> Any:
    function = default
    if function is None:
        last, action = pairs[-1]
        function = _asserted(last, action, pairs)
        if len(pairs) == 1:
            return function()
        pairs = pairs[:-1]
    for pred, action in reversed(pairs):
        function = _either(pred, action, function, strict)
    return function()


def _either(pred: Tensor, action: Callable[[], Any], other: Callable[[], Any], strict: bool) -> Callable[[], Any]:
    return lambda: cond(pred, action, other, strict=strict, name="cond")


def _asserted(pred: Tensor, action: Callable[[], Any], pairs: list[Pair]) -> Callable[[], Any]:
    """The last action, which fails if its predicate is false like all before it."""

    def run() -> Any:
        values = node("Pack", [p for p, _ in pairs], axis=0, name="preds_c")
        message = f"Input error: None of conditions evaluated as True: ({_names(pairs)}), values:"
        with control_dependencies([Assert(pred, [message, values], summarize=len(pairs))]):
            return action()

    return run


def _at_most_one(pairs: list[Pair]) -> Any:
    values = node("Pack", [pred for pred, _ in pairs], axis=0, name="preds_c")
    count = node("Sum", node("Cast", values, DstT="int32"), constant([0]), name="num_true_conds")
    holds = node("LessEqual", count, constant(1, name="n_true_conds"))
    message = f"Input error: exclusive=True: more than 1 conditions ({_names(pairs)}) evaluated as True:"
    return Assert(holds, [message, values], summarize=len(pairs))
