"""Lists of tensors as values of dtype variant: what TensorFlow's own control flow and Keras keep their steps in.

The functions are those of the private module `tensorflow.python.ops.list_ops`; `tf.raw_ops` has the ops themselves. A
list is never changed: every op that alters one gives a new list.

What a handle's elements are (dtype and, as far as it is known, shape) is read off the ops that made it.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops
"""

from __future__ import annotations

from typing import Any

from ..graph.dtypes import DType, as_dtype, int32, spelled
from ..graph.operation import Operation, Tensor
from ..graph.shape import Dimension, TensorShape
from . import rules
from .constant_value import constant_value, constant_value_as_shape
from .node import convert_to_tensor, node
from .rules import shape_rule

# What is known of a list

_MADE_WITH_SHAPE = {  # the op -> which of its inputs is the element shape
    "EmptyTensorList": 0, "TensorListFromTensor": 1, "TensorListReserve": 0, "TensorListScatter": 2,
    "TensorListScatterV2": 2, "TensorListSplit": 1,
}  # fmt: skip
_OF_FIRST_INPUT = frozenset(
    ["Identity", "Pack", "TensorListConcatLists", "TensorListPopBack", "TensorListPushBack", "TensorListPushBackBatch",
     "TensorListResize", "TensorListScatterIntoExistingList", "TensorListSetItem", "Unpack", "ZerosLike"]
)  # fmt: skip


def _elements_of(handle: Tensor) -> tuple[DType | None, TensorShape]:
    """The dtype of a list's elements, None if the graph does not tell, and what is known of their shape."""
    while handle.op.type in _OF_FIRST_INPUT:
        if handle.op.type == "TensorListPopBack" and handle.value_index == 1:
            break  # an element that is itself a list
        handle = handle.op.inputs[0]
    op = handle.op
    if op.type not in _MADE_WITH_SHAPE:
        return None, TensorShape(None)
    return op.attrs["element_dtype"], _spelled(op.inputs[_MADE_WITH_SHAPE[op.type]])


def _spelled(element_shape: Tensor) -> TensorShape:
    """The shape that an op's `element_shape` input tells; the scalar -1 tells nothing."""
    if element_shape.shape.ndims != 1:
        value = constant_value(element_shape)
        if value is not None and value.ndim == 0 and int(value) != -1:
            raise ValueError(f"element_shape must be a vector or the scalar -1, got the scalar {int(value)}")
        return TensorShape(None)
    return constant_value_as_shape(element_shape)


def _check(handle: Tensor, verb: str, dtype: DType, shape: TensorShape, name: str) -> TensorShape:
    """What is known of the elements; `ValueError` if they are known not to be of `dtype` and of `shape`."""
    found, known = _elements_of(handle)
    if found is not None and found is not dtype:
        raise ValueError(
            f"Trying to {verb} list with wrong element dtype. List has type {spelled(found.name)} but "
            f"expected type {spelled(dtype.name)} for '{name}'."
        )
    try:
        return rules.merged(known, shape)
    except ValueError as error:
        raise ValueError(f"{error} for '{name}', of the elements of {handle.name!r}.") from None


def _build_element_shape(shape: Any) -> Any:
    """An element shape as the ops take it: -1 for what is unknown, whole or in part."""
    if isinstance(shape, Tensor):
        return shape
    if isinstance(shape, TensorShape):
        shape = shape.as_list() if shape.ndims is not None else None
    if shape is None:
        return -1
    if isinstance(shape, int) and not isinstance(shape, bool):
        return shape
    dims = [d.value if isinstance(d, Dimension) else d for d in shape]
    return [-1 if d is None else d for d in dims] or convert_to_tensor([], int32, name="element_shape")


# Making lists


def empty_tensor_list(
    element_shape: Any, element_dtype: Any, max_num_elements: Any = None, name: str | None = None
) -> Tensor:
    """A list without elements, which takes at most `max_num_elements` if told."""
    return node(
        "EmptyTensorList",
        _build_element_shape(element_shape),
        -1 if max_num_elements is None else max_num_elements,
        element_dtype=element_dtype,
        name=name,
    )


def tensor_list_reserve(element_shape: Any, num_elements: Any, element_dtype: Any, name: str | None = None) -> Tensor:
    """A list of `num_elements` elements that were not set yet: they are read as zeros."""
    return node(
        "TensorListReserve", _build_element_shape(element_shape), num_elements, element_dtype=element_dtype, name=name
    )


def tensor_list_from_tensor(tensor: Any, element_shape: Any, name: str | None = None) -> Tensor:
    """The list of the rows of `tensor` [n, …]."""
    return node("TensorListFromTensor", tensor, _build_element_shape(element_shape), name=name)


def tensor_list_split(tensor: Any, element_shape: Any, lengths: Any, name: str | None = None) -> Tensor:
    """The list of the first `lengths[0]` rows of `tensor`, the next `lengths[1]`, …."""
    return node("TensorListSplit", tensor, _build_element_shape(element_shape), lengths, name=name)


def tensor_list_scatter(
    tensor: Any, indices: Any, element_shape: Any = None, input_handle: Tensor | None = None, name: str | None = None
) -> Tensor:
    """A list with row `i` of `tensor` at `indices[i]`: `input_handle` with those set, or one as long as is needed."""
    if input_handle is not None:
        return node("TensorListScatterIntoExistingList", input_handle, tensor, indices, name=name)
    return node("TensorListScatterV2", tensor, indices, _build_element_shape(element_shape), -1, name=name)


# Elements


def tensor_list_get_item(
    input_handle: Tensor, index: Any, element_dtype: Any, element_shape: Any = None, name: str | None = None
) -> Tensor:
    """The element at `index`, a scalar int32."""
    shape = _build_element_shape(element_shape)
    result = node("TensorListGetItem", input_handle, index, shape, element_dtype=element_dtype, name=name)
    result.set_shape(_read(result.op))
    return result


def _read(op: Operation) -> TensorShape:
    """What is known of the elements that an op reads, whose last input is an `element_shape`."""
    return _check(op.inputs[0], "read from", op.attrs["element_dtype"], _spelled(op.inputs[-1]), op.name)


def tensor_list_set_item(
    input_handle: Tensor, index: Any, item: Any, resize_if_index_out_of_bounds: bool = False, name: str | None = None
) -> Tensor:
    """The list with `item` at `index`, made longer if it must be and `resize_if_index_out_of_bounds`."""
    result = node(
        "TensorListSetItem",
        input_handle,
        index,
        item,
        resize_if_index_out_of_bounds=resize_if_index_out_of_bounds,
        name=name,
    )
    return _written(result)


def _written(result: Tensor) -> Tensor:
    """The list that an op of a list (first input) and an element (last input) made, if they fit."""
    op = result.op
    _check(op.inputs[0], "write to", op.attrs["element_dtype"], op.inputs[-1].shape, op.name)
    return result


def tensor_list_push_back(input_handle: Tensor, tensor: Any, name: str | None = None) -> Tensor:
    """The list with `tensor` after its last element."""
    return _written(node("TensorListPushBack", input_handle, tensor, name=name))


def tensor_list_push_back_batch(input_handles: Tensor, tensor: Any, name: str | None = None) -> Tensor:
    """Each of a tensor of lists [n] with its row of `tensor` [n, …] after its last element."""
    result = node("TensorListPushBackBatch", input_handles, tensor, name=name)
    op = result.op  # whether the shapes fit is told in the run, as TensorFlow does
    _check(op.inputs[0], "write to", op.attrs["element_dtype"], TensorShape(None), op.name)
    return result


def tensor_list_pop_back(input_handle: Tensor, element_dtype: Any, name: str | None = None) -> Any:
    """The list without its last element, and that element."""
    result = node("TensorListPopBack", input_handle, -1, element_dtype=element_dtype, name=name)
    result[1].set_shape(_read(result[1].op))
    return result


# Many elements at once


def tensor_list_stack(
    input_handle: Tensor, element_dtype: Any, num_elements: int = -1, element_shape: Any = None, name: str | None = None
) -> Tensor:
    """All elements, stacked: [n, …]; an error in the run if there are not `num_elements`, where told."""
    shape = _build_element_shape(element_shape)
    result = node(
        "TensorListStack", input_handle, shape, element_dtype=element_dtype, num_elements=num_elements, name=name
    )
    result.set_shape(_rows(num_elements).concatenate(_read(result.op)))
    return result


def tensor_list_gather(
    input_handle: Tensor, indices: Any, element_dtype: Any, element_shape: Any = None, name: str | None = None
) -> Tensor:
    """The elements at `indices` (int32 [k]), stacked: [k, …]."""
    shape = _build_element_shape(element_shape)
    result = node("TensorListGather", input_handle, indices, shape, element_dtype=element_dtype, name=name)
    result.set_shape(TensorShape([None]).concatenate(_read(result.op)))
    return result


def tensor_list_concat(
    input_handle: Tensor, element_dtype: Any, element_shape: Any = None, name: str | None = None
) -> Tensor:
    """The elements one after the other along their first dimension."""
    shape = _build_element_shape(element_shape)
    no_lengths = convert_to_tensor([], as_dtype("int64"), name="leading_dims")
    result = node("TensorListConcatV2", input_handle, shape, no_lengths, element_dtype=element_dtype, name=name)[0]
    op = result.op
    element = _check(op.inputs[0], "read from", op.attrs["element_dtype"], _spelled(op.inputs[1]), op.name)
    result.set_shape(_joined(element))
    return result


def tensor_list_concat_lists(input_a: Tensor, input_b: Tensor, element_dtype: Any, name: str | None = None) -> Tensor:
    """Each list of `input_a` with the elements of its fellow in `input_b` after its own."""
    result = node("TensorListConcatLists", input_a, input_b, element_dtype=element_dtype, name=name)
    shape = TensorShape(None)
    for argument, handle in zip(("input_a", "input_b"), result.op.inputs):
        found, known = _elements_of(handle)
        if found is not None and found is not as_dtype(element_dtype):
            raise ValueError(f"{argument}.type != element_dtype for '{result.op.name}': it is {found.name}.")
        shape = rules.merged(shape, known)
    return result


# Shapes


def _rows(count: int) -> TensorShape:
    return TensorShape.of((None if count < 0 else count,))


def _joined(element: TensorShape) -> TensorShape:
    """The shape of elements of one shape, one after the other."""
    if not element._dims:
        return TensorShape(None)
    return TensorShape.of((None, *element._dims[1:]))


def _told(element_shape: Any) -> TensorShape:
    """The shape in a rule's `either` input: the values of the vector, or only the vector's own shape."""
    if isinstance(element_shape, TensorShape):
        dims = element_shape._dims
        return TensorShape.of((None,) * dims[0]) if dims and dims[0] is not None else TensorShape(None)
    if element_shape.ndim == 0:
        return TensorShape(None)
    return TensorShape.of(None if d < 0 else d for d in element_shape.tolist())


shape_rule("EmptyTensorList", "TensorListReserve", "TensorListLength", "TensorListResize", "TensorListPushBack",
           "TensorListSetItem", "TensorListScatterIntoExistingList")(rules.scalar)  # fmt: skip
shape_rule("TensorListPushBackBatch")(rules.unchanged)
shape_rule("TensorListConcatLists")(rules.merged)


@shape_rule("TensorListFromTensor", either=["element_shape"])
def _(tensor: TensorShape, element_shape: Any) -> TensorShape:
    if tensor._dims == ():
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    rules.merged(tensor[1:], _told(element_shape))
    return TensorShape.of(())


@shape_rule("TensorListSplit", either=["element_shape"])
def _(tensor: TensorShape, element_shape: Any, lengths: TensorShape) -> TensorShape:
    rules.with_rank(lengths, 1)
    element = _told(element_shape)
    if tensor._dims is not None and element._dims is not None:
        rules.merged(TensorShape.of((None, *tensor._dims[1:])), _joined(element) if element._dims else element)
    return TensorShape.of(())


@shape_rule("TensorListScatter", "TensorListScatterV2", either=["element_shape"])
def _(tensor: TensorShape, indices: TensorShape, element_shape: Any, *_: TensorShape) -> TensorShape:
    rules.with_rank(indices, 1)
    rules.merged(tensor[1:], _told(element_shape))
    return TensorShape.of(())


@shape_rule("TensorListGetItem", either=["element_shape"])
def _(handle: TensorShape, index: TensorShape, element_shape: Any) -> TensorShape:
    return _told(element_shape)


@shape_rule("TensorListPopBack", either=["element_shape"])
def _(handle: TensorShape, element_shape: Any) -> list[TensorShape]:
    return [TensorShape.of(()), _told(element_shape)]


@shape_rule("TensorListStack", either=["element_shape"])
def _(handle: TensorShape, element_shape: Any, *, num_elements: int) -> TensorShape:
    return _rows(num_elements).concatenate(_told(element_shape))


@shape_rule("TensorListGather", either=["element_shape"])
def _(handle: TensorShape, indices: TensorShape, element_shape: Any) -> TensorShape:
    return TensorShape.of(rules.with_rank(indices, 1)).concatenate(_told(element_shape))


@shape_rule("TensorListConcat")
def _(handle: TensorShape, *, element_shape: TensorShape) -> list[TensorShape]:
    return [_joined(element_shape), TensorShape([None])]


@shape_rule("TensorListConcatV2", either=["element_shape"])
def _(handle: TensorShape, element_shape: Any, leading_dims: TensorShape) -> list[TensorShape]:
    return [_joined(_told(element_shape)), TensorShape([None])]


@shape_rule("TensorListElementShape")
def _(handle: TensorShape) -> TensorShape:
    return TensorShape(None)
