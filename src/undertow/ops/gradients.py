"""`tf.gradients`: one node of the graph, whose value torch.autograd works out when it runs.

What is settled here is what the graph alone tells: which of the xs are connected to the ys at all, which gradients
come as IndexedSlices, and where a gradient that the program wrote itself takes over.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/gradients
"""

from __future__ import annotations

import enum
from typing import Any

from ..graph import dtypes, stacks
from ..graph.errors import unbuilt
from ..graph.function import FunctionGraph, FunctionName
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from .constant import constant
from .gradient_paths import Paths, carries_gradient, passed_to
from .gradient_paths import between as between
from .gradient_registry import GradientFunction, check_gradients_exist, gradient_function, is_custom
from .handles import value_dtype, value_shape
from .indexed_slices import IndexedSlices, internal_convert_to_tensor_or_indexed_slices
from .node import convert_to_tensor, node
from .own_gradients import own_gradient
from .resource_variable import read_value, variable_shape
from .rules import shape_rule


class AggregationMethod:
    """How gradients of several paths are added up: all the same here, torch does it."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


class UnconnectedGradients(enum.Enum):
    """What stands for the gradient of an x that no y depends on."""

    NONE = "none"
    ZERO = "zero"


# What is asked for


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str | None = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: Any = False,
    aggregation_method: int | None = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> list[Any]:
    """The gradient of the sum of `ys` for each of `xs`: a tensor of its shape, IndexedSlices, or None.

    `grad_ys` are the gradients to start from, one for each y (None: ones). `stop_gradients` are tensors taken as
    constants. An x that no y depends on gets None, or zeros if `unconnected_gradients` is ZERO. Where x is only
    gathered from, its gradient is IndexedSlices. `colocate_gradients_with_ops`, `gate_gradients` and
    `aggregation_method` change nothing here.

    Raises:
      ValueError: lengths or shapes do not match, or the tensors are of different graphs.
      TypeError: a y is complex and has no grad_y, or a grad_y is not of its y's dtype.
      LookupError: an op on the path has no gradient.
    """
    xs_given = _as_list(xs)
    ys_given, stops_given = _as_list(ys), _as_list(stop_gradients)
    methods = [0, 1, 2]
    if aggregation_method is not None and aggregation_method not in methods:
        raise ValueError(f"Invalid `aggregation_method` specified {aggregation_method}. Accepted values are {methods}.")
    try:
        unconnected = UnconnectedGradients(unconnected_gradients)
    except ValueError:
        raise ValueError(f"Unknown value for unconnected_gradients: {unconnected_gradients!r}") from None
    grads_given = [None] * len(ys_given) if grad_ys is None else _as_list(grad_ys)
    if len(grads_given) != len(ys_given):
        raise ValueError(f"Length mismatch. Passed {len(grads_given)} grad_ys for {len(ys_given)} ys")
    given = [*ys_given, *xs_given, *stops_given, *(g for g in grads_given if g is not None)]
    with name_scope(name, "gradients", given):
        y_tensors = [_source(y, "y") for y in ys_given]
        x_tensors = [_source(x, "x", as_ref=True) for x in xs_given]
        graph = stacks.get_default_graph()
        if isinstance(graph, FunctionGraph):
            x_tensors = [_inside(graph, x) for x in x_tensors]
            if any(y.graph is not graph for y in y_tensors):
                raise unbuilt("tf.gradients inside a function of what is made outside of it")
        stops = [t for s in stops_given for t in _with_reads(_source(s, "stop_gradient", as_ref=True))]
        pairs = [
            (y, _checked_grad(y, g, i)) for i, (y, g) in enumerate(zip(y_tensors, grads_given))
            if carries_gradient(y.dtype)
        ]  # fmt: skip
        results = _Task(x_tensors, stops).run(pairs)
        for i, x in enumerate(x_tensors):
            if results[i] is None and x.dtype.is_integer and any(x is y for y in y_tensors):
                results[i] = node("OnesLike", x)  # of an integer only its own gradient is known
    if unconnected is UnconnectedGradients.ZERO:
        return [
            node("ZerosLike", read_value(x), name="zeros_like") if r is None else r for x, r in zip(x_tensors, results)
        ]
    return results


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _source(value: Any, kind: str, as_ref: bool = False) -> Tensor:
    if hasattr(value, "_fetch_components") and not isinstance(value, IndexedSlices):
        raise ValueError(f"Type {type(value).__name__} is not supported as a gradient source or gradient target.")
    tensor = internal_convert_to_tensor_or_indexed_slices(value, name=kind, as_ref=as_ref)
    return tensor.values if isinstance(tensor, IndexedSlices) else tensor


def _inside(graph: FunctionGraph, x: Tensor) -> Tensor:
    """An x as it is in a function that uses it from outside."""
    if x.graph is graph or not x.dtype._is_ref_dtype:
        return graph.inside(x)
    reads = [t for t in _with_reads(x) if t in graph.captured]
    if len(reads) > 1:
        raise unbuilt(f"tf.gradients inside a function that uses several reads of {x.name}")
    return graph.captured[reads[0]] if reads else x


def _with_reads(tensor: Tensor) -> list[Tensor]:
    if not tensor.dtype._is_ref_dtype:
        return [tensor]
    return [tensor, *(op.outputs[0] for op in tensor._consumers if op.type == "Identity")]


def _checked_grad(y: Tensor, grad: Any, index: int) -> Tensor | None:
    """The gradient to start from at `y`, None for ones."""
    if grad is None:
        if y.dtype.is_complex:
            raise TypeError(f"Gradients of complex tensors must set grad_ys (y.dtype = {y.dtype!r})")
        return None
    grad = convert_to_tensor(grad, name=f"grad_ys_{index}", preferred_dtype=y.dtype.base_dtype)
    if grad.dtype.base_dtype is not y.dtype.base_dtype:
        kind = "complex" if y.dtype.is_complex else "real or integer"
        raise TypeError(
            f"Gradient type {grad.dtype.name} generated for {kind}-valued tensor {y} with type {y.dtype.name} must be "
            f"{kind} and of the same type"
        )
    if grad.shape.ndims == 0 and y.shape.ndims != 0:
        return node("Mul", grad, node("OnesLike", y, name="ones_like"), name=f"grad_ys_{index}")
    if not grad.shape.is_compatible_with(y.shape):
        same_size = grad.shape.num_elements() is not None and grad.shape.num_elements() == y.shape.num_elements()
        if same_size and (y.op.type == "Reshape" or y.shape.ndims == 0):  # whose gradients are reshapes
            return node("Reshape", grad, y.shape.as_list(), name=f"grad_ys_{index}")
        raise ValueError(f"Shapes must be equal, but are {grad.shape} for the gradient of {y}, of shape {y.shape}.")
    return grad


# How it is built

_Pairs = list[tuple[Tensor, "Tensor | None"]]


class _Task:
    """One call of `gradients`: collects what flows to each leaf, from the ys and out of custom gradients."""

    def __init__(self, xs: list[Tensor], stops: list[Tensor]) -> None:
        self.xs, self.stops = xs, stops
        self.arrived: dict[Tensor, list[Tensor]] = {}  # leaf -> its gradient's summands

    def run(self, pairs: _Pairs) -> list[Any]:
        ys = [y for y, _ in pairs]
        paths = Paths(ys, self.stops)
        paths.ops = between(ys, {t for x in self.xs for t in _with_reads(x)}, self.stops)
        check_gradients_exist(paths.ops)
        plans = [self._leaves(paths, x) for x in self.xs]
        leaves = list(dict.fromkeys(leaf for plan in plans for leaf in plan.leaves))
        custom = sorted((op for op in paths.ops if is_custom(op)), key=lambda op: -op._id)
        for op in custom:
            if op._control_flow_context is not None:
                own_gradient(op)  # which the op has with it when it runs
        custom = [op for op in custom if op._control_flow_context is None]
        cut = [t for op in custom for t in passed_to(op)]
        self._flow(pairs, leaves, cut)
        for op in custom:  # the last one first: what later ones hand on has arrived then
            self._apply_custom(op, leaves, cut)
        return [plan.result(self.arrived) for plan in plans]

    def _leaves(self, paths: Paths, x: Tensor) -> _Leaves:
        starts = [t for t in paths.starts(x) if carries_gradient(t.dtype) and paths.leads_on(t)]
        found = [paths.gathers(t) for t in starts]
        if not starts or any(gathers is None for gathers in found):
            return _Leaves(starts, [])
        gathers = list(dict.fromkeys(op for group in found for op in group or ()))
        return _Leaves([op.outputs[0] for op in gathers], gathers)

    def _flow(self, pairs: _Pairs, leaves: list[Tensor], cut: list[Tensor]) -> None:
        """Add the gradient of `pairs` for each leaf, and for the outputs of custom ops, where it stops."""
        stops = list(dict.fromkeys([*self.stops, *cut]))
        ends = list(dict.fromkeys([*leaves, *cut]))
        path = between([y for y, _ in pairs], ends, stops)
        live = set(ends) | {t for op in path for t in op.outputs}
        pairs = [(y, g) for y, g in pairs if y in live and (y not in stops or y in ends)]
        ys = {y for y, _ in pairs}
        targets = [t for t in ends if t in ys or any(op in path for op in t._consumers)]
        if not targets:
            return
        used = [t for t in stops if t in ys or any(op in path for op in t._consumers)]
        for target, grad in zip(targets, _gradient_node(pairs, targets, used)):
            self.arrived.setdefault(target, []).append(grad)

    def _apply_custom(self, op: Operation, leaves: list[Tensor], cut: list[Tensor]) -> None:
        grads = [_summed(self.arrived[t]) if t in self.arrived else None for t in op.outputs]
        if all(g is None for g in grads):
            return
        filled = [
            node("ZerosLike", t) if g is None and carries_gradient(t.dtype) else g for t, g in zip(op.outputs, grads)
        ]
        found = input_gradients(op, gradient_function(op), filled)
        self._flow([(op.inputs[i], g) for i, g in found.items()], leaves, cut)


def input_gradients(op: Operation, function: GradientFunction, grads: list[Any]) -> dict[int, Tensor]:
    """What the gradient function of `op` gives for `grads`, by the numbers of the op's inputs."""
    with stacks.get_default_graph().name_scope(f"{op.name}_grad"):
        found = function(op, *grads)
    found = list(found) if isinstance(found, (list, tuple)) else [found]
    if len(found) != len(op.inputs):
        raise ValueError(
            f"Num gradients {len(found)} generated for op {op.name} (op type: {op.type}) do not match num inputs "
            f"{len(op.inputs)}"
        )
    checked = {
        i: _checked_grad(t, g, i) for i, (t, g) in enumerate(zip(op.inputs, found))
        if g is not None and carries_gradient(t.dtype)
    }  # fmt: skip
    return {i: g for i, g in checked.items() if g is not None}


class _Leaves:
    """Where the gradient of one x is taken: at tensors that carry its value, or at what is gathered from it."""

    def __init__(self, leaves: list[Tensor], gathers: list[Operation]) -> None:
        self.leaves, self._gathers = leaves, gathers

    def result(self, arrived: dict[Tensor, list[Tensor]]) -> Any:
        found = [(i, _summed(arrived[leaf])) for i, leaf in enumerate(self.leaves) if leaf in arrived]
        if not found:
            return None
        if not self._gathers:
            return _summed([grad for _, grad in found])
        slices = [_slices(self._gathers[i], grad) for i, grad in found]
        if len(slices) == 1:
            return slices[0]
        return IndexedSlices(
            node("ConcatV2", [s.values for s in slices], 0, name="concat"),
            node("ConcatV2", _same_type([s.indices for s in slices]), 0, name="concat"),
            slices[0].dense_shape,
        )


def _summed(grads: list[Tensor]) -> Tensor:
    return grads[0] if len(grads) == 1 else node("AddN", grads)


def _same_type(tensors: list[Tensor]) -> list[Tensor]:
    if len({t.dtype.base_dtype for t in tensors}) == 1:
        return tensors
    return [t if t.dtype.base_dtype == "int64" else node("Cast", t, DstT="int64") for t in tensors]


def _slices(gather: Operation, grad: Tensor) -> IndexedSlices:
    """The gradient of a gather's params, from that of its output."""
    params, indices = gather.inputs[0], gather.inputs[1]
    count = indices.shape.num_elements()
    rows = -1 if count is None else count
    with stacks.get_default_graph().name_scope(f"{gather.name}_grad"):
        shape = node("Shape", params) if params.dtype is not dtypes.resource else variable_shape(params)
        known = value_shape(params)
        inner = TensorShape(None) if known.ndims is None else known[1:]
        if inner.is_fully_defined():
            wanted = constant([rows, *inner.as_list()], dtype="int32")
        else:
            wanted = node("ConcatV2", [[rows], shape[1:]], 0, name="concat")
        values = node("Reshape", grad, wanted)
        return IndexedSlices(values, node("Reshape", indices, [rows]), shape)


def _gradient_node(pairs: _Pairs, targets: list[Tensor], stops: list[Tensor]) -> list[Tensor]:
    """The node: its inputs are targets, ys, grad_ys (none where all are ones) and stops; `runtime` computes it.

    TensorFlow takes the outputs' shapes from the first inputs. It has no function of the name, so that it loads such a
    graph and runs all of it but this.
    """
    ys = [y for y, _ in pairs]
    grads = []
    if any(g is not None for _, g in pairs):
        grads = [node("OnesLike", y, name="ones_like") if g is None else g for y, g in pairs]
    outputs = node(
        "SymbolicGradient",
        [*targets, *ys, *grads, *stops],
        Tout=[value_dtype(t).base_dtype for t in targets],
        f=FunctionName("Gradient"),
        _targets=len(targets),
        _ys=len(ys),
        _grad_ys=len(grads),
        _stops=len(stops),
    )
    for target, output in zip(targets, outputs):
        output.set_shape(value_shape(target))
    return outputs


@shape_rule("SymbolicGradient")
def _(*_: Any, Tout: list[dtypes.DType]) -> list[TensorShape]:
    return [TensorShape(None)] * len(Tout)  # who makes one knows more


# Second derivatives


def hessians(
    ys: Any,
    xs: Any,
    name: str = "hessians",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: Any = False,
    aggregation_method: int | None = None,
) -> list[Tensor]:
    """The Hessian of the sum of `ys` for each of `xs`: shape `x.shape + x.shape`.

    `ValueError` if an x is not connected.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/hessians
    """
    result = []
    for x in _as_list(xs):
        x = x._ref() if hasattr(x, "_ref") else convert_to_tensor(x)
        grad = gradients(ys, x, aggregation_method=aggregation_method)[0]
        if grad is None:
            raise ValueError(f"The ys do not depend on {x}: there is no Hessian.")
        shape = value_shape(x)
        size = shape.num_elements()
        if size is None:
            result.append(_hessian_in_a_loop(grad, x, name))
            continue
        dims = shape.as_list()
        with name_scope(name, "hessians", [x]):
            flat = node("Reshape", grad, [size])
            rows = [gradients(flat[i], x, unconnected_gradients=UnconnectedGradients.ZERO)[0] for i in range(size)]
            result.append(node("Reshape", node("Pack", rows, axis=0), constant([*dims, *dims], dtype="int32")))
    return result


def _hessian_in_a_loop(grad: Tensor, x: Tensor, name: str) -> Tensor:
    """The Hessian for an x whose size is known only when it runs, a row a round."""
    from .functional import map_fn

    with name_scope(name, "hessians", [x]):
        flat = node("Reshape", grad, [-1])
        size, shape = node("Size", x), node("Shape", x)

        def row(i: Tensor) -> Tensor:
            found = gradients(node("GatherV2", flat, i, 0), x, unconnected_gradients=UnconnectedGradients.ZERO)[0]
            return node("Reshape", found, [-1])

        rows = map_fn(row, node("Range", 0, size, 1), dtype=x.dtype.base_dtype)
        return node("Reshape", rows, node("ConcatV2", [shape, shape], 0))
