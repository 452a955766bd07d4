"""`tf.while_loop`: a loop in the graph, as TensorFlow 1 spells it (Enter, Merge, Switch, NextIteration, Exit).

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/while_loop
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import nest, stacks
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .cond import keep_inside
from .indexed_slices import IndexedSlices
from .node import convert_to_tensor, node
from .rules import shape_rule

_IDENTITIES = ("Enter", "RefEnter", "Exit", "RefExit", "NextIteration", "RefNextIteration")
shape_rule(*_IDENTITIES)(rules.unchanged)


@shape_rule("LoopCond")
def _(pred: TensorShape) -> TensorShape:
    rules.with_rank(pred, 0)
    return pred


class WhileContext:
    """A loop while it is being built: what its ops use from outside comes in once, by an Enter."""

    def __init__(self, graph: Any, name: str, parallel_iterations: int) -> None:
        self.name = name
        self.outer_context: Any = graph._get_control_flow_context()
        self.parallel_iterations = parallel_iterations
        self.pivot: Tensor | None = None  # what an op that reads nothing waits for: the loop having come round
        self._entry: Operation | None = None  # the first way in, which stands for all of the loop
        self._graph = graph
        self._inside: dict[Tensor, Tensor] = {}

    def __enter__(self) -> WhileContext:
        self._graph._set_control_flow_context(self)
        return self

    def __exit__(self, *_: Any) -> None:
        self._graph._set_control_flow_context(self.outer_context)

    def GetControlPivot(self) -> Tensor | None:  # TensorFlow's name
        return self.pivot

    def holds(self, context: Any) -> bool:
        """Whether an op of this context is inside the loop."""
        while context is not None:
            if context is self:
                return True
            context = context.outer_context
        return False

    def enter(self, tensor: Tensor, is_constant: bool) -> Tensor:
        """An Enter node for a tensor from outside. It waits for nothing that is in force inside."""
        with self._graph.control_dependencies(None):
            self._graph._set_control_flow_context(self.outer_context)
            inside = node(
                "RefEnter" if tensor.dtype._is_ref_dtype else "Enter",
                tensor,
                frame_name=self.name,
                is_constant=is_constant,
                parallel_iterations=self.parallel_iterations,
                name="Enter",
            )
        self._graph._set_control_flow_context(self)
        inside.op._control_flow_context = self
        self._entry = self._entry or inside.op
        keep_inside(inside.op)
        return inside

    def AddValue(self, tensor: Tensor) -> Tensor:  # TensorFlow's name
        """`tensor` as it is inside the loop."""
        if tensor in self._inside:
            return self._inside[tensor]
        if self.holds(tensor.op._control_flow_context):
            return tensor
        outer = tensor if self.outer_context is None else self.outer_context.AddValue(tensor)
        current = self._graph._get_control_flow_context()
        inside = self.enter(outer, is_constant=True)
        self._graph._set_control_flow_context(current)
        self._inside[tensor] = self._inside[inside] = inside
        return inside

    def check_reader(self, tensor: Tensor, name: str, context: Any) -> None:
        """`ValueError` unless an op `name` of `context` may read `tensor`, which is inside the loop."""
        if self.holds(context):
            return
        alone = _loop_of(context) is None
        why = f"'{tensor.op.name}' is in a while loop" if alone else "they are in different while loops"
        raise ValueError(
            f"Cannot use '{tensor.op.name}' as input to '{name}' because {why}. See info log for more details."
        )

    def internal(self, controls: list[Operation]) -> list[Operation]:
        """Those of an op's control inputs that are inside the loop; for the others the whole loop waits."""
        kept = []
        for control in controls:
            if self.holds(control._control_flow_context):
                kept.append(control)
            elif self._entry is not None:
                outer = _loop_of(self.outer_context)
                outside = [control] if outer is None else outer.internal([control])
                self._entry._control_inputs += [c for c in outside if c not in self._entry._control_inputs]
        return kept

    def AddOp(self, op: Operation) -> None:  # TensorFlow's name
        """Bring what `op` reads into the loop, and let an op that reads nothing wait for the loop to come round."""
        keep_inside(op)
        for i, tensor in enumerate(op.inputs):
            inside = self.AddValue(tensor)
            if inside is not tensor:
                op._update_input(i, inside)
        op._control_inputs = self.internal(op._control_inputs)
        if not op.inputs and not op._control_inputs and self.pivot is not None:
            op._control_inputs.append(self.pivot.op)


def _loop_of(context: Any) -> WhileContext | None:
    """The innermost loop around."""
    while context is not None and not isinstance(context, WhileContext):
        context = context.outer_context
    return context


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """Run `body` on `loop_vars` as long as `cond` of them is true; the loop variables as they are then.

    `cond(*loop_vars)` gives a scalar bool, `body(*loop_vars)` the new loop variables: the same (nested) structure,
    dtypes, and shapes unless `shape_invariants` allow others. `TypeError` if they are not callable, `ValueError` if
    there are no loop variables or the body gives others. One loop variable is returned by itself unless
    `return_same_structure`.
    """
    if not callable(cond) or not callable(body):
        raise TypeError("cond must be callable." if not callable(cond) else "body must be callable.")
    if not loop_vars:
        raise ValueError("No loop variables provided")
    if parallel_iterations < 1:
        raise TypeError("parallel_iterations must be a positive integer.")
    with name_scope(name, "while", _tensors_in(loop_vars)):
        if maximum_iterations is not None:
            loop_vars, cond, body, shape_invariants = _counted(
                maximum_iterations, loop_vars, cond, body, shape_invariants
            )
        graph = stacks.get_default_graph()
        context = WhileContext(graph, graph.unique_name("while_context"), parallel_iterations)
        graph.add_to_collection(GraphKeys.WHILE_CONTEXT, context)
        results = _build(context, cond, body, loop_vars, shape_invariants, back_prop)
    result = _flatten(loop_vars)[0](results)
    if maximum_iterations is not None:
        result = result[1]
    if not return_same_structure and isinstance(result, (list, tuple)) and len(result) == 1:
        return result[0]
    return result


def _build(
    context: WhileContext,
    cond: Any,
    body: Any,
    loop_vars: Any,
    shape_invariants: Any,
    back_prop: bool,
) -> list[Tensor]:
    graph = context._graph
    structure, values = _flatten(loop_vars)
    tensors = [convert_to_tensor(v) for v in values]
    shapes = _invariants(loop_vars, tensors, shape_invariants)
    with graph.control_dependencies(None):
        graph._set_control_flow_context(context.outer_context)
        tensors = [t if context.outer_context is None else context.outer_context.AddValue(t) for t in tensors]
    with context:
        enters = [context.enter(t, is_constant=False) for t in tensors]
        for enter, shape in zip(enters, shapes):
            enter._shape = shape
        with graph.control_dependencies(None), context:
            merges = [node("Merge", [e, e])[0] for e in enters]
        context.pivot = merges[0]
        pred = cond(*_arguments(structure(merges)))
        loop_cond = node("LoopCond", convert_to_tensor(pred, dtype="bool"))
        switches = []
        for merge in merges:
            with graph.colocate_with(merge.op):
                switches.append(node("Switch", merge, loop_cond))
        inside = [node("Identity", s[1]) for s in switches]
        context.pivot = inside[0]
        given = _given(structure(inside), body(*_arguments(structure(inside))))
        results = [convert_to_tensor(v, dtype=t.dtype.base_dtype) for v, t in zip(given, tensors)]
        for merge, result, before in zip(merges, results, shapes):
            if not _stays_within(result.shape, before):
                raise ValueError(
                    f"Input tensor {merge.op.inputs[0].op.inputs[0].name!r} enters the loop with shape {before}, but "
                    f"has shape {result.shape} after one iteration. To allow the shape to vary across iterations, use "
                    "the `shape_invariants` argument of tf.while_loop to specify a less-specific shape."
                )
            merge.op._update_input(1, node("NextIteration", result))
        graph._set_control_flow_context(context.outer_context)
        return [node("Exit", s[0], _back_prop=None if back_prop else False) for s in switches]


def _invariants(loop_vars: Any, tensors: list[Tensor], shape_invariants: Any) -> list[TensorShape]:
    """The shape that each tensor must keep. `ValueError` and `TypeError` for those that do not fit the variables."""
    variables = nest.flatten(loop_vars)
    given: list[Any] = [None] * len(variables)
    if shape_invariants is not None:
        nest.assert_same_structure(loop_vars, shape_invariants, check_types=False)
        given = nest.flatten(shape_invariants)
    left = list(tensors)
    shapes: list[TensorShape] = []
    for variable, told in zip(variables, given):
        parts = [left.pop(0) for _ in range(len(_components(variable) or [0]))]
        shapes.extend(_shapes_of(variable, parts, told))
    for tensor, shape in zip(tensors, shapes):
        if not _stays_within(tensor.shape, shape):
            raise ValueError(
                f"The shape invariant specified for {tensor.name} is not compatible with the initial shape of the "
                f"loop variable. It enters the loop with shape {tensor.shape}, but the specified shape invariant is "
                f"{shape}."
            )
    return shapes


def _shapes_of(variable: Any, parts: list[Tensor], told: Any) -> list[TensorShape]:
    """The shapes that the parts of one loop variable must keep, of which a shape may be told."""
    told = getattr(told, "shape", told)  # a TensorSpec
    if told is not None and not isinstance(told, TensorShape):
        raise TypeError(f"shape_invariants must be TensorShapes, got {told!r}.")
    if hasattr(variable, "_loop_shapes"):
        return variable._loop_shapes(told)
    if len(parts) == 1:
        return [parts[0].shape if told is None or _components(variable) is not None else told]
    if isinstance(variable, IndexedSlices):  # its shape is that of the values
        if told is None or told.ndims is None:
            return [t.shape if told is None else TensorShape(None) for t in parts]
        return [told, told[:1], TensorShape([told.ndims])][: len(parts)]
    dense = variable.shape if told is None else told  # a sparse tensor: any number of its elements may be there
    if not variable.shape.is_compatible_with(dense):
        raise ValueError(
            f"The shape invariant {dense} is not compatible with the sparse tensor's shape {variable.shape}."
        )
    rank = parts[2].shape.num_elements() if dense.ndims is None else dense.ndims
    return [TensorShape([None, rank]), TensorShape([None]), TensorShape([rank])]


def _stays_within(shape: TensorShape, invariant: TensorShape) -> bool:
    return shape.is_subtype_of(invariant)


def _counted(maximum: Any, loop_vars: Any, cond: Any, body: Any, shape_invariants: Any) -> tuple[Any, ...]:
    """The loop with a counter before its variables, that stops it after `maximum` rounds."""
    maximum = convert_to_tensor(maximum, name="maximum_iterations")
    if maximum.shape.ndims != 0:
        raise ValueError(f"maximum_iterations must be a scalar, saw shape: {maximum.shape}")
    counter = convert_to_tensor(0, dtype=maximum.dtype, name="iteration_counter")

    def counted_cond(count: Tensor, variables: Any) -> Tensor:
        below = node("Less", count, maximum)
        return node("LogicalAnd", below, cond(*_arguments(variables)))

    def counted_body(count: Tensor, variables: Any) -> Any:
        counted = node("AddV2", count, 1, name="add")
        given = body(*_arguments(variables))
        if isinstance(variables, (list, tuple)) and len(variables) == 1 and not isinstance(given, (list, tuple)):
            given = [given]
        return counted, given

    if shape_invariants is not None:
        shape_invariants = (TensorShape(()), shape_invariants)
    return (counter, loop_vars), counted_cond, counted_body, shape_invariants


# Nested loop variables


def _arguments(variables: Any) -> Any:
    return variables if isinstance(variables, (list, tuple)) else [variables]


def _tensors_in(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [t for item in value for t in _tensors_in(item)]
    if isinstance(value, dict):
        return [t for item in value.values() for t in _tensors_in(item)]
    return [value] if isinstance(value, Tensor) else []


def _flatten(value: Any) -> tuple[Callable[[list[Any]], Any], list[Any]]:
    """The leaves of nested loop variables, and how to rebuild the structure from as many tensors.

    A composite (a TensorArray, IndexedSlices, SparseTensor) gives the tensors that change (`_loop_components`), and is
    rebuilt from them.
    """
    leaves: list[Any] = []
    rebuild = _plan(value, leaves)
    return rebuild, leaves


def _plan(value: Any, leaves: list[Any]) -> Callable[[list[Any]], Any]:
    index = len(leaves)
    components = _components(value)
    if components is not None:
        leaves.extend(components)
        end = index + len(components)
        rebuilt = getattr(value, "_loop_value", None)
        return lambda tensors: rebuilt(tensors[index:end]) if rebuilt else type(value)(*tensors[index:end])
    if isinstance(value, (list, tuple)):
        parts = [_plan(item, leaves) for item in value]
        if hasattr(value, "_fields"):
            return lambda tensors: type(value)(*[p(tensors) for p in parts])
        kind = type(value)
        return lambda tensors: kind([p(tensors) for p in parts])
    if isinstance(value, dict):
        keys = sorted(value)
        parts = [_plan(value[k], leaves) for k in keys]
        return lambda tensors: type(value)((k, p(tensors)) for k, p in zip(keys, parts))
    leaves.append(value)
    return lambda tensors: tensors[index]


def _components(value: Any) -> list[Tensor] | None:
    """The tensors of a composite that change in a loop; None for what is none."""
    found = getattr(value, "_loop_components", None) or getattr(value, "_fetch_components", None)
    return None if found is None else found()


def _given(taken: Any, given: Any) -> list[Any]:
    """The leaves of what the body gave. `ValueError` if it is not of the structure of what it took."""
    given = given if isinstance(given, (list, tuple, dict)) else [given]
    nest.assert_same_structure(list(_arguments(taken)), list(_arguments(given)), check_types=False)
    return _flatten(given)[1]
