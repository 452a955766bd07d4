"""`tf.cond`: two branches in one graph, of which a run takes one.

As in TensorFlow 1, whatever a branch takes from outside passes a Switch, whose other way is dead, and a Merge gives
the outputs of the branch that ran.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/cond
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import dtypes, stacks
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..graph.scopes import graph_of, name_scope
from ..graph.shape import TensorShape
from .constant_value import constant_value
from .node import convert_to_tensor, node
from .rules import shape_rule


class CondContext:
    """One branch while it is being built: it takes in what its ops use from outside."""

    def __init__(self, pred: Tensor, pivot: Tensor, branch: int, name: str) -> None:
        self.pred = pred
        self.pivot = pivot
        self.branch = branch
        self.name = name
        graph = pivot.graph
        self.outer_context: Any = graph._get_control_flow_context()
        self._inside: dict[Tensor, Tensor] = {pred: pred, pivot: pivot}
        pivot.op._control_flow_context = self

    def __enter__(self) -> CondContext:
        self._graph = stacks.get_default_graph()
        self._graph._set_control_flow_context(self)
        return self

    def __exit__(self, *_: Any) -> None:
        self._graph._set_control_flow_context(self.outer_context)

    def GetControlPivot(self) -> Tensor:
        return self.pivot

    def _holds(self, context: Any) -> bool:
        while context is not None:
            if context is self:
                return True
            context = context.outer_context
        return False

    def AddValue(self, tensor: Tensor) -> Tensor:
        """`tensor` as it is inside this branch."""
        if tensor in self._inside:
            return self._inside[tensor]
        if self._holds(tensor.op._control_flow_context):
            return tensor
        outer = tensor if self.outer_context is None else self.outer_context.AddValue(tensor)
        graph = tensor.graph
        # The Switch itself is outside of the branch, and waits for nothing that is in force inside.
        with graph.control_dependencies(None), graph.colocate_with(outer.op):
            graph._set_control_flow_context(self.outer_context)
            ways = node("RefSwitch" if outer.dtype._is_ref_dtype else "Switch", outer, self.pred, name="Switch")
        inside = ways[self.branch]
        inside.op._control_flow_context = self
        keep_inside(inside.op)
        self._inside[tensor] = self._inside[inside] = inside
        return inside

    def check_reader(self, tensor: Tensor, name: str, context: Any) -> None:
        """`ValueError` if the branch is in a loop whose tensors an op `name` of `context` may not read."""
        if self.outer_context is not None:
            self.outer_context.check_reader(tensor, name, context)

    def internal(self, controls: list[Operation]) -> list[Operation]:
        """An op's control inputs, but for those outside of a loop that the branch is in: TensorFlow forgets them."""
        loop = self.outer_context
        while isinstance(loop, CondContext):
            loop = loop.outer_context
        return [c for c in controls if loop is None or loop.holds(c._control_flow_context)]

    def AddOp(self, op: Operation) -> None:
        """Bring what `op` reads into the branch, and let an op that reads nothing wait for the branch."""
        keep_inside(op)
        for i, tensor in enumerate(op.inputs):
            inside = self.AddValue(tensor)
            if inside is not tensor:
                op._update_input(i, inside)
        op._control_inputs = self.internal(op._control_inputs)
        if not op.inputs and not any(self._holds(c._control_flow_context) for c in op._control_inputs):
            op._control_inputs.append(self.pivot.op)


def keep_inside(op: Operation) -> None:
    """Let no program fetch or feed what an op in a branch or a loop gives."""
    op.graph.prevent_fetching(op)
    for tensor in op.outputs:
        op.graph.prevent_feeding(tensor)


def _pack_outputs(context: CondContext, result: Any, flat: list[Tensor]) -> Any:
    """A branch's nested result: its tensors, as they are inside, go to `flat`; returns how to rebuild it."""
    changing = getattr(result, "_loop_components", None)
    if changing is not None:
        index = len(flat)
        flat.extend(context.AddValue(t) for t in changing())
        count = len(flat) - index
        return lambda values: result._loop_value(values[index : index + count])
    if isinstance(result, (list, tuple)) and not hasattr(result, "_fetch_components"):
        parts = [_pack_outputs(context, item, flat) for item in result]
        kind: Any = (lambda items: type(result)(*items)) if hasattr(result, "_fields") else type(result)
        return lambda values: kind([p(values) for p in parts])
    if isinstance(result, dict):
        keys = sorted(result)
        parts = [_pack_outputs(context, result[k], flat) for k in keys]
        return lambda values: {k: p(values) for k, p in zip(keys, parts)}
    index = len(flat)
    if result is None or isinstance(result, Operation):
        graph = context.pivot.graph
        with graph.control_dependencies([] if result is None else [result]):
            flat.append(node("Identity", context.pivot, name="control_dependency" if result is not None else "no_op"))
    elif hasattr(result, "_fetch_components"):
        count = len(result._fetch_components())
        flat.extend(context.AddValue(t) for t in result._fetch_components())
        return lambda values: type(result)(*values[index : index + count])
    else:
        flat.append(context.AddValue(convert_to_tensor(result)))
    return lambda values: values[index]


def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Callable[[], Any] | None = None,
    fn2: Callable[[], Any] | None = None,
) -> Any:
    """`true_fn()` if the scalar bool tensor `pred` is true when it runs, else `false_fn()`.

    Both return the same structure of tensors of the same dtypes; a list of one is given as that one unless `strict`.
    Ops made outside of the functions run in either case. `TypeError` if `pred` is a Python bool or the functions are
    not callable, `ValueError` if what they return differs.
    """
    true_fn = fn1 if true_fn is None else true_fn
    false_fn = fn2 if false_fn is None else false_fn
    for label, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if not callable(function):
            raise TypeError(f"{label} must be callable.")
    if isinstance(pred, bool):
        raise TypeError("pred must not be a Python bool")
    graph = graph_of([pred])
    with graph.as_default(), name_scope(name, "cond", [pred]) as scope:
        pred = convert_to_tensor(pred, dtype=dtypes.bool)
        ways = node("Switch", pred, pred)
        pivot_t, pivot_f = (node("Identity", ways[i], name=f"switch_{'ft'[i]}") for i in (1, 0))
        pred_id = node("Identity", pred, name="pred_id")
        for tensor in (ways[0], pivot_t, pivot_f, pred_id):
            keep_inside(tensor.op)
        outputs: dict[int, list[Tensor]] = {}
        rebuilds: dict[int, Any] = {}
        for branch, function, pivot in ((1, true_fn, pivot_t), (0, false_fn, pivot_f)):
            context = CondContext(pred_id, pivot, branch, f"{scope}cond_text")
            graph.add_to_collection(GraphKeys.COND_CONTEXT, context)
            flat: list[Tensor] = []
            with context:
                made = function()  # type: ignore[misc]
                if made is None:
                    raise ValueError(f"{'true_fn' if branch else 'false_fn'} must have a return value.")
                rebuilds[branch] = _pack_outputs(context, made, flat)
            outputs[branch] = flat
        merged = _merged(outputs[0], outputs[1])
    result = rebuilds[1](merged)
    if not strict and isinstance(result, (list, tuple)) and len(result) == 1 and not hasattr(result, "_fields"):
        return result[0]
    return result


def _merged(if_false: list[Tensor], if_true: list[Tensor]) -> list[Tensor]:
    if len(if_false) != len(if_true):
        raise ValueError(
            f"true_fn and false_fn must return the same number of outputs, got {len(if_true)} and {len(if_false)}."
        )
    for t, f in zip(if_true, if_false):
        if t.dtype.base_dtype is not f.dtype.base_dtype:
            raise ValueError(f"Outputs of true_fn and false_fn must have the same type: {t.dtype.name}, {f.dtype.name}")
    return [node("Merge", [f, t])[0] for f, t in zip(if_false, if_true)]


def smart_constant_value(pred: Any) -> bool | None:
    """What `pred` is if that is known while the graph is built, else None; `TypeError` for what is no bool."""
    if isinstance(pred, (bool, np.bool_)) or (isinstance(pred, int) and pred in (0, 1)):
        return bool(pred)
    if isinstance(pred, Tensor):
        value = constant_value(pred)
        return None if value is None else bool(value)
    if hasattr(pred, "_dense_var_to_tensor"):
        return None
    raise TypeError(f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {pred}")


def smart_cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    """`cond`, or just the one branch where `pred` is known while the graph is built."""
    known = smart_constant_value(pred)
    if known is None:
        return cond(pred, true_fn, false_fn, name=name)
    function = true_fn if known else false_fn
    if not callable(function):
        raise TypeError(f"{'true_fn' if known else 'false_fn'} must be callable.")
    return function()


@shape_rule("Switch", "RefSwitch")
def _(data: TensorShape, pred: TensorShape) -> list[TensorShape]:
    if pred.ndims not in (None, 0):
        raise ValueError(f"Shape must be rank 0 but is rank {pred.ndims}")
    return [data, data]


@shape_rule("Merge", "RefMerge")
def _(inputs: list[TensorShape]) -> list[TensorShape]:
    result = inputs[0]
    for shape in inputs[1:]:
        result = result.most_specific_compatible_shape(shape)
    return [result, TensorShape.of(())]
