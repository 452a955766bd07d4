"""How an op becomes a node: inputs to tensors, attrs told or inferred, dtypes and shapes settled, errors named.

`node("MatMul", a, b, transpose_a=True)` is all that an op's Python function needs.
"""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..graph import dtypes, stacks
from ..graph.dtypes import DType
from ..graph.graph import Graph
from ..graph.operation import Operation, Tensor
from ..graph.scopes import graph_of
from ..graph.shape import TensorShape
from . import registry
from .attrs import infer_from, settled_attrs, types_differ
from .constant import constant
from .constant_value import constant_value, constant_value_as_shape
from .handles import uses, value_shape
from .op_def import op_def
from .registry import Argument, OpDef
from .rules import Rule, bracketed, rule_for

# Converting values to tensors

_conversions: list[tuple[int, Any, Callable[..., Any]]] = []


def register_tensor_conversion_function(
    base_type: Any, conversion_func: Callable[..., Any], priority: int = 100
) -> None:
    """Let `conversion_func(value, dtype, name, as_ref)` make tensors of `base_type` objects; lower priority goes first.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/register_tensor_conversion_function
    """
    kinds = base_type if isinstance(base_type, tuple) else (base_type,)
    if not kinds or not all(isinstance(kind, type) for kind in kinds):
        raise TypeError("base_type must be a type or a tuple of types.")
    if any(issubclass(kind, (bool, int, float, complex, np.generic, np.ndarray)) for kind in kinds):
        raise TypeError("Cannot register conversions for Python numeric types and NumPy scalars and arrays.")
    if not callable(conversion_func):
        raise TypeError("conversion_func must be callable.")
    _conversions.append((priority, base_type, conversion_func))
    _conversions.sort(key=lambda row: row[0])


def convert_to_tensor(
    value: Any, dtype: Any = None, name: str | None = None, preferred_dtype: Any = None, dtype_hint: Any = None
) -> Tensor:
    """`value` as a tensor: itself, a variable's value, or a constant (lists that hold tensors are packed).

    `TypeError` or `ValueError` if it cannot be one of `dtype`; a `preferred_dtype` is only tried.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/convert_to_tensor
    """
    dtype = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    preferred = preferred_dtype if dtype_hint is None else dtype_hint
    if dtype is None and preferred is not None and not isinstance(value, Tensor):
        try:
            return _convert(value, dtypes.as_dtype(preferred).base_dtype, name, as_ref=False)
        except (TypeError, ValueError):
            pass  # it is a wish only
    return _convert(value, dtype, name, as_ref=False)


def _convert(value: Any, dtype: DType | None, name: str | None, as_ref: bool) -> Tensor:
    if isinstance(value, Tensor):
        if dtype is not None and value.dtype.base_dtype is not dtype:
            raise ValueError(
                f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype {value.dtype.name}: {value}"
            )
        return value
    to_tensor = getattr(value, "_dense_var_to_tensor", None)
    if to_tensor is not None and not isinstance(value, type):
        return to_tensor(dtype=dtype, name=name, as_ref=as_ref)
    for _, base_type, conversion in _conversions:
        if isinstance(value, base_type):
            result = conversion(value, dtype=dtype, name=name, as_ref=as_ref)
            if result is NotImplemented:
                continue
            if not isinstance(result, Tensor):
                raise RuntimeError(
                    f"Conversion function {conversion} for type {base_type} returned non-Tensor: {result}"
                )
            return result
    if isinstance(value, (list, tuple)) and _holds_tensor(value):
        return _packed(value, dtype or _tensor_dtype(value), name)
    if isinstance(value, Operation):
        raise TypeError(
            f"Can't convert Operation '{value.name}' to Tensor (target dtype={dtype!r}, name={name!r}, as_ref={as_ref})"
        )
    return constant(value, dtype, name=name or "Const")


def _is_tensor_like(value: Any) -> bool:
    return isinstance(value, Tensor) or hasattr(value, "_dense_var_to_tensor")


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor, sparse or ragged ones included, or a variable.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/is_tensor
    """
    return _is_tensor_like(x) or hasattr(x, "_fetch_components")


def _holds_tensor(values: Any) -> bool:
    return any(_is_tensor_like(v) or (isinstance(v, (list, tuple)) and _holds_tensor(v)) for v in values)


def _tensor_dtype(values: Any) -> DType | None:
    for v in values:
        found = _tensor_dtype(v) if isinstance(v, (list, tuple)) else v.dtype.base_dtype if _is_tensor_like(v) else None
        if found is not None:
            return found
    return None


def _packed(values: Any, dtype: DType | None, name: str | None) -> Tensor:
    graph = graph_of([v for v in values if _is_tensor_like(v)])
    with graph.as_default(), graph.name_scope(name or "packed") as scope:
        items = [
            _packed(v, dtype, str(i)) if isinstance(v, (list, tuple)) and _holds_tensor(v)
            else _convert(v, dtype, str(i), as_ref=False)
            for i, v in enumerate(values)
        ]  # fmt: skip
        return node("Pack", items, axis=0, name=scope)


# Making a node


def node(op_type: str, *inputs: Any, name: str | None = None, **attrs: Any) -> Any:
    """Add a node of `op_type` to the default graph (to its inputs' graph, if they have one).

    `inputs` are what the op takes, in order: tensors or values to make tensors of, lists where it takes lists. `attrs`
    that inputs or defaults tell may be left out. Returns the output tensor, a named tuple of outputs, a list where the
    op gives one, or the `Operation` if it gives nothing.
    """
    definition = registry.get(op_type)
    graph = _graph_for(inputs)
    if graph is stacks.get_default_graph():
        op = _make(graph, definition, inputs, name or op_type, attrs)
    else:
        with graph.as_default():
            op = _make(graph, definition, inputs, name or op_type, attrs)
    return outputs_of(op, definition)


def _graph_for(inputs: tuple[Any, ...]) -> Graph:
    flat: list[Any] = []
    for value in inputs:
        flat.extend(value) if isinstance(value, (list, tuple)) else flat.append(value)
    return graph_of(flat)


def _make(graph: Graph, definition: OpDef, inputs: tuple[Any, ...], name: str, attrs: dict[str, Any]) -> Operation:
    attrs = {key: value for key, value in attrs.items() if value is not None}
    with graph.name_scope(name) as scope:
        tensors = [t for group in _convert_inputs(definition, inputs, attrs) for t in group]
        return _add(graph, definition, tuple(tensors), scope, attrs)


def create_op(graph: Graph, op_type: str, inputs: Any, name: str | None, attrs: dict[str, Any]) -> Operation:
    """`Graph.create_op`: a node of tensors and attrs that are all there already."""
    definition = registry.get(op_type)
    attrs = {key: _from_proto(value) for key, value in attrs.items()}
    for i, value in enumerate(inputs):
        if not isinstance(value, Tensor):
            raise TypeError(f"Input #{i} is not a tensor: {value}")
    pending, groups = list(inputs), []
    for arg in definition.inputs:
        count = attrs.get(arg.number_attr) if arg.number_attr else None
        if arg.type_list_attr:
            count = len(attrs[arg.type_list_attr]) if arg.type_list_attr in attrs else len(pending)
        groups.append([pending.pop(0)] if not arg.is_list else [pending.pop(0) for _ in range(count or len(pending))])
    with graph.as_default():
        for arg, group in zip(definition.inputs, groups):
            infer_from(definition, arg, group, attrs)
        return _add(graph, definition, tuple(t for g in groups for t in g), name or op_type, attrs)


Graph._create_op = staticmethod(create_op)


Graph._op_def = staticmethod(op_def)


def _from_proto(value: Any) -> Any:
    """An attr that may still be an AttrValue protobuf."""
    field = value.WhichOneof("value") if hasattr(value, "WhichOneof") else None
    if field is None:
        return value
    plain = getattr(value, field)
    return dtypes.as_dtype(plain) if field == "type" else TensorShape(plain) if field == "shape" else plain


def _add(graph: Graph, definition: OpDef, tensors: tuple[Tensor, ...], name: str, attrs: dict[str, Any]) -> Operation:
    settled = settled_attrs(definition, attrs)
    if graph._container and settled.get("container") == "":
        settled["container"] = graph._container
    output_types = _output_dtypes(definition, settled)
    shapes = _output_shapes(definition, tensors, name, settled, len(output_types))
    with contextlib.ExitStack() as places:
        for tensor, arg in zip(tensors, definition.inputs):
            if arg.is_ref:  # what changes a variable is done where the variable is
                places.enter_context(graph.colocate_with(tensor.op))
        return graph.add_op(definition.name, tensors, name, settled, list(zip(output_types, shapes)))


@cache
def _result_type(definition_name: str) -> Any:
    fields = [arg.name for arg in registry.get(definition_name).outputs]
    return collections.namedtuple(definition_name, fields)


def outputs_of(op: Operation, definition: OpDef) -> Any:
    """An op's outputs as its Python function gives them."""
    outputs = op.outputs
    if not outputs:
        return op
    if len(definition.outputs) == 1:
        return outputs if definition.outputs[0].is_list else outputs[0]
    grouped, rest = [], list(outputs)
    for arg in definition.outputs:
        count = arg.count(op.attrs)
        grouped.append(rest[:count] if arg.is_list else rest[0])
        rest = rest[count:]
    return _result_type(definition.name)(*grouped)


# Inputs


def _convert_inputs(definition: OpDef, inputs: tuple[Any, ...], attrs: dict[str, Any]) -> list[list[Tensor]]:
    if len(inputs) != len(definition.inputs):
        raise TypeError(f"{definition.name} takes {len(definition.inputs)} inputs, got {len(inputs)}.")
    groups: list[list[Tensor]] = []
    for arg, value in zip(definition.inputs, inputs):
        if not arg.is_list:
            group = [_convert_one(definition, arg, value, attrs, arg.name, groups)]
        else:
            if not isinstance(value, (list, tuple)):
                raise TypeError(f"Expected list for {arg.name!r} argument to {definition.name!r} Op, not {value!r}.")
            group = _convert_list(definition, arg, list(value), attrs, groups)
        infer_from(definition, arg, group, attrs)
        groups.append(group)
    return groups


def _convert_list(
    definition: OpDef, arg: Argument, values: list[Any], attrs: dict[str, Any], groups: list[list[Tensor]]
) -> list[Tensor]:
    if arg.type_list_attr:
        wanted = attrs.get(arg.type_list_attr) or [None] * len(values)
        return [
            _convert(v, None if w is None else dtypes.as_dtype(w), f"{arg.name}_{i}", arg.is_ref)
            for i, (v, w) in enumerate(zip(values, wanted))
        ]
    found = [v.dtype.base_dtype for v in values if _is_tensor_like(v)]
    if arg.type_attr and len(set(found)) > 1:
        raise types_differ(definition, arg, found)
    known = arg.dtype or attrs.get(arg.type_attr) or _tensor_dtype(values)
    inner = {**attrs, arg.type_attr: known} if known is not None and arg.type_attr else attrs
    result = []
    for i, value in enumerate(values):
        try:
            result.append(_convert_one(definition, arg, value, inner, f"{arg.name}_{i}", groups))
        except (TypeError, ValueError):
            if not arg.type_attr or arg.type_attr in attrs or any(v is None for v in values):
                raise
            each = [_convert(v, None, f"{arg.name}_{j}", arg.is_ref) for j, v in enumerate(values)]
            raise types_differ(definition, arg, [t.dtype.base_dtype for t in each]) from None
        if arg.type_attr and arg.type_attr not in inner:
            inner = {**attrs, arg.type_attr: result[0].dtype.base_dtype}
    return result


def _convert_one(
    definition: OpDef, arg: Argument, value: Any, attrs: dict[str, Any], name: str, groups: list[list[Tensor]]
) -> Tensor:
    wanted = arg.dtype or attrs.get(arg.type_attr)
    if wanted is not None:
        wanted = dtypes.as_dtype(wanted).base_dtype
    tensor: Tensor
    if isinstance(value, Tensor):
        tensor = value
    else:
        try:
            default = definition.attrs[arg.type_attr].default if arg.type_attr else registry.REQUIRED
            if wanted is None and isinstance(default, DType) and not arg.is_ref:
                tensor = _convert_preferring(value, default, name)
            else:
                tensor = _convert(value, wanted, name, arg.is_ref)
        except (TypeError, ValueError) as error:
            raise _conversion_error(definition, arg, value, wanted, groups, error) from None
    if arg.is_ref and not tensor.dtype._is_ref_dtype:
        raise TypeError(
            f"{definition.name!r} Op requires that input {arg.name!r} be a mutable tensor (e.g.: a tf.Variable)"
        )
    if wanted is not None and tensor.dtype.base_dtype is not wanted:
        raise _dtype_error(definition, arg, tensor.dtype, wanted, groups)
    return tensor


def _convert_preferring(value: Any, preferred: DType, name: str) -> Tensor:
    try:
        return _convert(value, preferred, name, as_ref=False)
    except (TypeError, ValueError):
        return _convert(value, None, name, as_ref=False)


def _dtype_error(
    definition: OpDef, arg: Argument, found: DType, wanted: DType, groups: list[list[Tensor]]
) -> TypeError:
    prefix = f"Input {arg.name!r} of {definition.name!r} Op has type {found.base_dtype.name} that does not match"
    for earlier, _ in zip(definition.inputs, groups):
        if arg.type_attr and arg.type_attr == earlier.type_attr:
            return TypeError(f"{prefix} type {wanted.name} of argument {earlier.name!r}.")
    return TypeError(f"{prefix} expected type of {wanted.name}.")


def _conversion_error(
    definition: OpDef, arg: Argument, value: Any, wanted: DType | None, groups: list[list[Tensor]], error: Exception
) -> Exception:
    if value is None:
        return ValueError(f"Tried to convert {arg.name!r} to a tensor and failed. Error: None values not supported.")
    if wanted is not None and _is_tensor_like(value) and value.dtype.base_dtype is not wanted:
        return _dtype_error(definition, arg, value.dtype, wanted, groups)
    if wanted is not None and isinstance(error, TypeError):
        return TypeError(
            f"Expected {wanted.name} passed to parameter {arg.name!r} of op {definition.name!r}, got {value!r} of type "
            f"{type(value).__name__!r} instead. Error: {error}"
        )
    return type(error)(f"{error} (input {arg.name!r} of op {definition.name!r})")


# Outputs


def _output_dtypes(definition: OpDef, attrs: dict[str, Any]) -> list[DType]:
    result: list[DType] = []
    for arg in definition.outputs:
        if arg.type_list_attr:
            types = attrs[arg.type_list_attr]
        else:
            types = [arg.dtype or attrs[arg.type_attr]] * arg.count(attrs)
        result.extend(t._as_ref_type if arg.is_ref else t for t in types)
    return result


def _output_shapes(
    definition: OpDef, tensors: tuple[Tensor, ...], name: str, attrs: dict[str, Any], count: int
) -> list[TensorShape]:
    rule = rule_for(definition.name)
    if rule is None:
        return [TensorShape(None)] * count
    try:
        arguments = _rule_arguments(definition, rule, tensors, attrs)
        shapes = rule.function(*arguments, **{key: attrs[key] for key in rule.attrs})
    except ValueError as error:
        given = ", ".join(bracketed(t.shape) for t in tensors)
        shown = name.removesuffix("/")
        raise ValueError(f"{error} for '{shown}' (op: '{definition.name}') with input shapes: {given}.") from None
    return [shapes] * count if isinstance(shapes, TensorShape) else list(shapes)


def _rule_arguments(definition: OpDef, rule: Rule, tensors: tuple[Tensor, ...], attrs: dict[str, Any]) -> list[Any]:
    """What a shape rule is told of each input: its shape, its value, or the shape that it spells."""
    arguments: list[Any] = []
    position = 0
    behind_handles = uses(definition.name)
    for arg in definition.inputs:
        size = arg.count(attrs)
        group = tensors[position : position + size]
        position += size
        if arg.name in rule.values:
            found: list[Any] = [constant_value(t) for t in group]
        elif arg.name in rule.either:
            found = [t.shape if (value := constant_value(t)) is None else value for t in group]
        elif arg.name in rule.shapes:
            found = [constant_value_as_shape(t) for t in group]
        else:
            found = [value_shape(t, attrs.get("dtype")) if behind_handles else t.shape for t in group]
        arguments.append(found if arg.is_list else found[0])
    return arguments
