"""What runs before what: no_op, group, tuple, with_dependencies.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/group and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph import nest
from ..graph.operation import Operation, Tensor
from ..graph.scopes import colocate_with, control_dependencies, device, name_scope
from .node import convert_to_tensor, node
from .rules import nothing, shape_rule

shape_rule("NoOp")(nothing)


def no_op(name: str | None = None) -> Operation:
    """An operation that does nothing: something to hang control dependencies on."""
    return node("NoOp", name=name)


def group(*inputs: Any, **kwargs: Any) -> Operation:
    """An operation, called `name`, that is done when all `inputs` (tensors, operations, nested lists of them) are.

    `TypeError` for anything else among them, `ValueError` for keywords other than `name`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/group
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError(f"Unknown keyword arguments: {', '.join(kwargs)}")
    members = nest.flatten(inputs)
    with name_scope(name, "group_deps", members) as scope:
        by_device: dict[str, list[Any]] = {}
        for member in members:
            if not hasattr(member, "device"):
                raise TypeError(
                    f"Expected tf.group() expected Tensor arguments not '{member}' with type '{type(member)}'"
                )
            by_device.setdefault(str(member.device or ""), []).append(member)
        if len(by_device) <= 1:
            return _after(members, next(iter(by_device), ""), scope)
        return _after([_after(by_device[key], key, None) for key in sorted(by_device)], "", scope)


def _after(inputs: list[Any], device_name: str, name: str | None) -> Operation:
    with control_dependencies(inputs):
        if not device_name:
            return no_op(name)
        with device(device_name):
            return no_op(name)


def with_dependencies(dependencies: Any, output_tensor: Any, name: str | None = None) -> Any:
    """`output_tensor` (or IndexedSlices), available only after all of `dependencies` have run."""
    with name_scope(name, "control_dependency", [*dependencies, output_tensor]) as scope:
        if not hasattr(output_tensor, "dense_shape"):
            output_tensor = convert_to_tensor(output_tensor)
        with colocate_with(output_tensor), control_dependencies(dependencies):
            return _same(output_tensor, scope)


def _same(value: Any, name: str) -> Any:
    """An Identity of a tensor, or of all tensors of an IndexedSlices."""
    if not hasattr(value, "dense_shape"):
        return node("Identity", value, name=name)
    parts = (value.values, value.indices, value.dense_shape)
    return type(value)(*(None if part is None else node("Identity", part) for part in parts))


def tuple(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """Each of `tensors` (None stays None), available only when all of them and all `control_inputs` have run.

    `ValueError` if there is none, `TypeError` for a control input that is no operation or tensor.
    """
    with name_scope(name, "tuple", tensors):
        waits = [t if isinstance(t, Operation) else t.op for t in tensors if t is not None]
        if not waits:
            raise ValueError(f"Must have at least one Tensor: {tensors}")
        for item in control_inputs or ():
            if isinstance(item, Tensor):
                item = item.op
            elif not isinstance(item, Operation):
                raise TypeError(f"Control input must be Operation or Tensor: {item}")
            waits.append(item)
        waits = sorted(dict.fromkeys(waits), key=lambda op: op._id)
        gate = group(*waits)
        return [_released(gate, t) for t in tensors]


def _released(gate: Operation, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Operation):
        with control_dependencies([value]):
            return no_op()
    return with_dependencies([gate], value if hasattr(value, "dense_shape") else convert_to_tensor(value))
