"""A gradient that the program wrote, for an op inside `tf.cond` or `tf.while_loop`: traced, to be called as it runs.

Where the op is, what `tf.gradients` adds outside could not be: how often the op runs, if at all, a run tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..graph.errors import unbuilt
from ..graph.function import Function, FunctionGraph
from ..graph.operation import Operation, Tensor
from .gradient_registry import gradient_function

_WAYS_IN = {"Switch", "RefSwitch", "Enter", "RefEnter"}  # of what is outside, into a branch or a loop


@dataclass
class OwnGradient:
    """A gradient function traced.

    `function` takes the gradients by `outputs` of the op, then what `captured` has; it gives those by `inputs`.
    """

    function: Function
    outputs: list[int]
    inputs: list[int]
    captured: list[Tensor]


def own_gradient(op: Operation) -> OwnGradient:
    """The gradient function of an op that `is_custom`, traced the first time that it is asked for.

    Raises:
      LookupError: there is none of the name that the op asks for.
      UnimplementedError: the op reads or gives a handle, or the function uses what the op cannot be given.
    """
    if op._own_gradient is None:
        op._own_gradient = _traced(op)
    return op._own_gradient


def _traced(op: Operation) -> OwnGradient:
    from .dataset import trace
    from .gradients import carries_gradient, input_gradients

    if any(t.dtype.base_dtype.name in ("resource", "variant") for t in (*op.inputs, *op.outputs)):
        raise unbuilt(f"A gradient of the program's own for an op on handles in tf.while_loop or tf.cond ({op.name!r})")
    outputs = [i for i, t in enumerate(op.outputs) if carries_gradient(t.dtype)]
    inputs: list[int] = []

    def build(grads: list[Tensor]) -> list[Any]:
        given: list[Any] = [None] * len(op.outputs)
        for i, grad in zip(outputs, grads):
            given[i] = grad
        found = input_gradients(op, gradient_function(op), given)
        inputs.extend(found)
        return list(found.values())

    with op.graph.as_default():
        arguments = [(op.outputs[i].dtype, op.outputs[i].shape) for i in outputs]
        function, used = trace(build, arguments, f"{op.name}_grad")
    captured = [_given(op, t) for t in used]
    op._add_control_inputs([t.op for t in captured if t not in op.inputs and t.op is not op])
    return OwnGradient(function, outputs, inputs, captured)


def _given(op: Operation, tensor: Tensor) -> Tensor:
    """What a gradient function uses, as it is where `op` is."""
    if tensor.graph is not op.graph:  # of a gradient's gradient: what the first one uses of the graph around it
        graph = op.graph
        if not isinstance(graph, FunctionGraph) or tensor not in graph.captured:
            what = f"A gradient of a gradient that uses {tensor.name}, which the first one does not"
            raise unbuilt(f"{what}, inside tf.while_loop or tf.cond")
        return graph.captured[tensor]
    if tensor.op._id > op._id and tensor.op.type not in _WAYS_IN:
        raise unbuilt(f"A gradient function inside tf.while_loop or tf.cond that uses {tensor.name}, made after its op")
    context = op._control_flow_context
    return tensor if context is None or tensor.op is op else context.AddValue(tensor)
