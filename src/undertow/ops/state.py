"""Variables in the graph: their storage, and the ops that change it. `api/variables.py` has the class.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/assign and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .node import convert_to_tensor, node
from .rules import shape_rule

_SCATTER = {
    "scatter_update": "ScatterUpdate",
    "scatter_add": "ScatterAdd",
    "scatter_sub": "ScatterSub",
    "scatter_mul": "ScatterMul",
    "scatter_div": "ScatterDiv",
    "scatter_min": "ScatterMin",
    "scatter_max": "ScatterMax",
}
_SCATTER_ND = {
    "scatter_nd_update": "ScatterNdUpdate",
    "scatter_nd_add": "ScatterNdAdd",
    "scatter_nd_sub": "ScatterNdSub",
}


def variable_op(shape: Any, dtype: Any, name: str, container: str = "", shared_name: str = "") -> Tensor:
    """The storage of a variable: a tensor of reference type."""
    return node("VariableV2", shape=shape, dtype=dtype, container=container, shared_name=shared_name, name=name)


@shape_rule("VariableV2", "Variable", "TemporaryVariable")
def _(*, shape: TensorShape) -> TensorShape:
    return shape


def assign(
    ref: Any, value: Any, validate_shape: bool | None = None, use_locking: bool | None = None, name: str | None = None
) -> Tensor:
    """Store `value` in the variable `ref`; the tensor returned is the variable, read after that.

    Without `validate_shape` the variable may take another shape. A resource variable does all this its own way: the
    functions here only ask it to.
    """
    if by_handle(ref):
        return ref.assign(value, name=name)
    return node("Assign", as_ref(ref), value, validate_shape=validate_shape, use_locking=use_locking, name=name)


def assign_add(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Tensor:
    """Add `value` to the variable `ref`, of its shape."""
    if by_handle(ref):
        return ref.assign_add(value)
    return node("AssignAdd", as_ref(ref), value, use_locking=use_locking, name=name)


def assign_sub(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Tensor:
    """Subtract `value` from the variable `ref`, of its shape."""
    if by_handle(ref):
        return ref.assign_sub(value)
    return node("AssignSub", as_ref(ref), value, use_locking=use_locking, name=name)


def by_handle(ref: Any) -> bool:
    """Whether `ref` is a resource variable."""
    return not isinstance(ref, Tensor) and not ref.dtype._is_ref_dtype and hasattr(ref, "handle")


def as_ref(ref: Any) -> Any:
    """The reference tensor of a variable; `AttributeError` for a tensor that is none, as TensorFlow raises."""
    if hasattr(ref, "_ref"):
        return ref._ref()
    if isinstance(ref, Tensor) and not ref.dtype._is_ref_dtype:
        raise AttributeError(f"'Tensor' object has no attribute 'assign': {ref} is no variable.")
    return ref


@shape_rule("Assign")
def _(ref: TensorShape, value: TensorShape, *, validate_shape: bool) -> TensorShape:
    return rules.merged(ref, value) if validate_shape else value


@shape_rule("AssignAdd", "AssignSub")
def _(ref: TensorShape, value: TensorShape) -> TensorShape:
    return rules.merged(ref, value)


def is_variable_initialized(ref: Any, name: str | None = None) -> Tensor:
    """Whether the variable `ref` has a value: a bool scalar."""
    if by_handle(ref):
        return ref.is_initialized(name)
    return node("IsVariableInitialized", as_ref(ref), name=name)


shape_rule("IsVariableInitialized")(rules.scalar)


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """Add 1 to the integer variable `ref`; its value before that. `OutOfRangeError` once it is `limit`."""
    if by_handle(ref):
        return node("ResourceCountUpTo", ref.handle, limit=limit, T=ref.dtype, name=name)
    return node("CountUpTo", as_ref(ref), limit=limit, name=name)


shape_rule("CountUpTo")(rules.scalar)


def _scatter(op_type: str, ref: Any, indices: Any, updates: Any, use_locking: bool | None, name: str | None) -> Any:
    if by_handle(ref):
        updates = convert_to_tensor(updates, dtype=ref.dtype)
        return ref._lazy_read(node(f"Resource{op_type}", ref.handle, indices, updates, name=name))
    ref = as_ref(ref)
    indices = convert_to_tensor(indices, name="indices")
    return node(op_type, ref, indices, updates, use_locking=use_locking, name=name)


def __getattr__(name: str) -> Any:
    op_type = {**_SCATTER, **_SCATTER_ND}.get(name)
    if op_type is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def scatter(
        ref: Any, indices: Any, updates: Any, use_locking: bool | None = None, name: str | None = None
    ) -> Tensor:
        return _scatter(op_type, ref, indices, updates, use_locking, name)

    scatter.__name__ = scatter.__qualname__ = name
    scatter.__doc__ = f"Change the rows of the variable `ref` that `indices` name ({op_type}); returns the variable."
    return scatter


def batch_scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Tensor:
    """Set elements along the last axis of `indices`, whose other axes are the variable's own; returns the variable.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/batch_scatter_update
    """
    with name_scope(name, "batch_scatter_update", [indices, updates]):
        indices = convert_to_tensor(indices, name="indices")
        shape = node("Shape", indices)
        before = indices.shape.ndims
        if before is None:
            raise ValueError("batch_scatter_update needs indices of a known rank.")
        places = [
            node("Reshape", node("Range", 0, shape[i], 1), [-1] + [1] * (before - 1 - i)) for i in range(before - 1)
        ]
        columns = [node("BroadcastTo", node("Cast", p, DstT=indices.dtype, SrcT=p.dtype), shape) for p in places]
        return _scatter("ScatterNdUpdate", ref, node("Pack", [*columns, indices], axis=-1), updates, use_locking, None)


@shape_rule(*_SCATTER.values(), *(f"Resource{op_type}" for op_type in _SCATTER.values()))
def _(ref: TensorShape, indices: TensorShape, updates: TensorShape) -> TensorShape:
    if ref._dims is not None and updates.ndims != 0:
        rules.merged(updates, indices.concatenate(ref[1:]))
    return ref


@shape_rule(*_SCATTER_ND.values(), *(f"Resource{op_type}" for op_type in _SCATTER_ND.values()))
def _(ref: TensorShape, indices: TensorShape, updates: TensorShape) -> TensorShape:
    if ref._dims is not None and indices._dims and indices._dims[-1] is not None:
        rules.merged(updates, indices[:-1].concatenate(ref[indices._dims[-1] :]))
    return ref
