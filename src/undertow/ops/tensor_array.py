"""`tf.TensorArray`: tensors kept one by one, to be written and read inside of loops.

Every write gives a new `flow`, a scalar that stands for the array after it: what reads from that flow runs later.
`kernels/tensor_array.py` holds the tensors.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/TensorArray
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Operation, Tensor
from ..graph.scopes import control_dependencies, name_scope
from ..graph.shape import TensorShape
from . import rules
from .array import shape as shape_of
from .constant_value import constant_value
from .math import cast
from .node import convert_to_tensor, node
from .reduction import range as range_of
from .rules import shape_rule


class TensorArray:
    """`size` tensors of `dtype`, each written once.

    `dynamic_size` lets writes go beyond the size. With `clear_after_read` an element may be read once only. With
    `infer_shape` all elements have one shape, that of the first write if `element_shape` is None. `handle` and `flow`
    make another object for an array that is there already; then nothing else is told. `ValueError` for arguments that
    do not go together.
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Tensor | None = None,
        flow: Tensor | None = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        told = {
            "size": size, "element_shape": element_shape, "dynamic_size": dynamic_size,
            "clear_after_read": clear_after_read, "tensor_array_name": tensor_array_name,
        }  # fmt: skip
        for key, value in told.items():
            if handle is not None and value is not None:
                noun = f"a `handle` and `{key}`" if key == "size" else f"`handle` and `{key}`"
                raise ValueError(f"Cannot provide both {noun} arguments at the same time.")
        if handle is None and size is None:
            raise ValueError("Argument `size` must be provided if handle is not provided.")
        if handle is not None and not isinstance(handle, Tensor):
            raise TypeError(f"Expected `handle` to be a Tensor, but got `{handle}` of type `{type(handle)}` instead.")
        self._dtype = dtypes.as_dtype(dtype).base_dtype
        self._dynamic_size = bool(dynamic_size)
        self._infer_shape = infer_shape or element_shape is not None
        self._known = [TensorShape(element_shape)]  # one list for all objects of this array: each learns of all writes
        self._size = None if dynamic_size else size
        self._colocate_with_first_write_call = colocate_with_first_write_call
        with name_scope(name, "TensorArray", [handle, size, flow]) as scope:
            if handle is not None:
                self._handle = handle
                self._flow = flow
                return
            self._handle, made = node(
                "TensorArrayV3",
                size,
                dtype=self._dtype,
                element_shape=self.element_shape,
                identical_element_shapes=infer_shape,
                dynamic_size=self._dynamic_size,
                clear_after_read=True if clear_after_read is None else clear_after_read,
                tensor_array_name=tensor_array_name or "",
                name=scope,
            )
            self._flow = made if flow is None else flow

    def _with_flow(self, flow: Tensor) -> TensorArray:
        """The array as it is after `flow`. It takes a name, as TensorFlow's new object for it does."""
        with name_scope(None, "TensorArray", [self._handle, flow]):
            result = TensorArray.__new__(type(self))
        result.__dict__.update(self.__dict__)
        result._flow = flow
        return result

    # A loop variable changes by its flow alone.

    def _loop_components(self) -> list[Tensor]:
        return [self._flow]  # type: ignore[list-item]

    def _loop_value(self, tensors: list[Tensor]) -> TensorArray:
        return self._with_flow(tensors[0])

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def handle(self) -> Tensor:
        """The array itself, a resource."""
        return self._handle

    @property
    def flow(self) -> Any:
        """A scalar that stands for the array after all that was done to it so far."""
        return self._flow

    @property
    def dynamic_size(self) -> bool:
        return self._dynamic_size

    @property
    def element_shape(self) -> TensorShape:
        """What is known of every element's shape."""
        return self._known[0]

    def identity(self) -> TensorArray:
        """The same array, its flow passed through an Identity: control dependencies in force hold for what uses it."""
        return self._with_flow(node("Identity", self._flow))

    def grad(self, source: str, flow: Any = None, name: str | None = None) -> TensorArray:
        """The array of the gradients that the backward pass `source` gathers for this one's elements.

        Writes to one place are summed, what was not written is zeros. `tf.gradients` does not need it here.
        """
        flow = self._flow if flow is None else flow
        with name_scope(name, "TensorArrayGrad", [self._handle]):
            handle, _ = node("TensorArrayGradV3", self._handle, flow, source=source, name=name)
            with control_dependencies([handle]):
                flow = node("Identity", flow, name="gradient_flow")
        result = TensorArray(self._dtype, handle=handle, flow=flow, infer_shape=self._infer_shape)
        result._known = [self.element_shape]
        return result

    def _written(self, shape: TensorShape, flow: Tensor) -> TensorArray:
        """After a write of elements of `shape`; `ValueError` if they do not fit those written before."""
        result = self._with_flow(flow)
        if self._infer_shape:
            if not self.element_shape.is_compatible_with(shape):
                raise ValueError(f"Inconsistent shapes: saw {shape} but expected {self.element_shape} ")
            self._known[0] = self.element_shape.merge_with(shape)
        return result

    # Elements

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """The element at `index`, a scalar int32."""
        value = node(
            "TensorArrayReadV3", self._handle, index, self._flow, dtype=self._dtype, name=name or "TensorArrayReadV3"
        )
        value.set_shape(self.element_shape)
        return value

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array after `value` was written to `index`. `ValueError` if its shape is not that of the others."""
        with name_scope(name, "TensorArrayWrite", [self._handle, index, value]):
            value = convert_to_tensor(value, dtype=self._dtype, name="value")
            flow = node("TensorArrayWriteV3", self._handle, index, value, self._flow, name=name or "TensorArrayWriteV3")
            return self._written(value.shape, flow)

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """The elements at `indices` (int32 [n]) stacked: shape [n, …]."""
        value = node(
            "TensorArrayGatherV3",
            self._handle,
            indices,
            self._flow,
            dtype=self._dtype,
            element_shape=self.element_shape,
            name=name or "TensorArrayGatherV3",
        )
        if self.element_shape.ndims is not None:
            value.set_shape(TensorShape([None]).concatenate(self.element_shape))
        return value

    def stack(self, name: str | None = None) -> Tensor:
        """All elements: shape [size, …]."""
        with name_scope(name, "TensorArrayStack", [self._handle]):
            return self.gather(range_of(0, self.size()), name=name)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array after row `i` of `value` was written to `indices[i]`, for every row."""
        with name_scope(name, "TensorArrayScatter", [self._handle, value, indices]):
            value = convert_to_tensor(value, dtype=self._dtype, name="value")
            flow = node(
                "TensorArrayScatterV3", self._handle, indices, value, self._flow, name=name or "TensorArrayScatterV3"
            )
            return self._written(value.shape[1:] if value.shape.ndims is not None else value.shape, flow)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array after the rows of `value` were written to 0, 1, ….

        `ValueError` if `value` has none or the array is known to be smaller.
        """
        with name_scope(name, "TensorArrayUnstack", [self._handle, value]):
            return self.scatter(range_of(0, shape_of(value)[0]), value, name=name)

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array after the first `lengths[0]` rows of `value` were written to 0, the next `lengths[1]` to 1, …."""
        with name_scope(name, "TensorArraySplit", [self._handle, value, lengths]):
            value = convert_to_tensor(value, dtype=self._dtype, name="value")
            lengths = cast(lengths, dtypes.int64)
            flow = node(
                "TensorArraySplitV3", self._handle, value, lengths, self._flow, name=name or "TensorArraySplitV3"
            )
            return self._written(_part_shape(value.shape, constant_value(lengths)), flow)

    def concat(self, name: str | None = None) -> Tensor:
        """All elements, joined along their first dimension; the others are the same."""
        shape = self.element_shape
        value, _ = node(
            "TensorArrayConcatV3",
            self._handle,
            self._flow,
            dtype=self._dtype,
            element_shape_except0=shape[1:] if shape.ndims else None,
            name=name or "TensorArrayConcatV3",
        )
        if shape.ndims:
            rows, size = shape.as_list()[0], constant_value(self.size())
            total = None if rows is None or size is None else rows * int(size)
            value.set_shape(TensorShape([total]).concatenate(shape[1:]))
        return value

    def size(self, name: str | None = None) -> Tensor:
        """How many elements there are, a scalar int32."""
        if self._size is not None:
            return convert_to_tensor(self._size, dtype=dtypes.int32)
        return node("TensorArraySizeV3", self._handle, self._flow, name=name or "TensorArraySizeV3")

    def close(self, name: str | None = None) -> Operation:
        """An operation that gives up the elements: nothing can be done with the array after it."""
        return node("TensorArrayCloseV3", self._handle, name=name or "TensorArrayCloseV3")


def _part_shape(shape: TensorShape, lengths: Any) -> TensorShape:
    """The shape of each part of a split: its first dimension is known if all are the same."""
    if shape.ndims is None:
        return shape
    same = lengths is not None and lengths.ndim == 1 and lengths.size and lengths.min() == lengths.max()
    return TensorShape([int(lengths[0]) if same else None]).concatenate(shape[1:])


# Shape rules


@shape_rule("TensorArrayV3")
def _(size: TensorShape) -> list[TensorShape]:
    rules.with_rank(size, 0)
    return [TensorShape.of((2,)), TensorShape.of(())]


@shape_rule("TensorArrayReadV3")
def _(handle: TensorShape, index: TensorShape, flow: TensorShape) -> TensorShape:
    rules.with_rank(index, 0)
    return TensorShape(None)


@shape_rule("TensorArrayWriteV3")
def _(handle: TensorShape, index: TensorShape, value: TensorShape, flow: TensorShape) -> TensorShape:
    rules.with_rank(index, 0)
    return TensorShape.of(())


@shape_rule("TensorArrayGatherV3")
def _(handle: TensorShape, indices: TensorShape, flow: TensorShape, *, element_shape: TensorShape) -> TensorShape:
    count = rules.with_rank(indices, 1)[0]
    return TensorShape([count]).concatenate(element_shape)


@shape_rule("TensorArrayScatterV3")
def _(handle: TensorShape, indices: TensorShape, value: TensorShape, flow: TensorShape) -> TensorShape:
    count = rules.with_rank(indices, 1)[0]
    if value._dims is not None:
        if not value._dims:
            raise ValueError("Shape must be at least rank 1 but is rank 0")
        rules.same_dim(value._dims[0], count)
    return TensorShape.of(())


@shape_rule("TensorArraySplitV3")
def _(handle: TensorShape, value: TensorShape, lengths: TensorShape, flow: TensorShape) -> TensorShape:
    rules.with_rank(lengths, 1)
    return TensorShape.of(())


@shape_rule("TensorArrayConcatV3")
def _(handle: TensorShape, flow: TensorShape, *, element_shape_except0: TensorShape) -> list[TensorShape]:
    return [TensorShape([None]).concatenate(element_shape_except0), TensorShape([None])]


@shape_rule("TensorArraySizeV3")
def _(handle: TensorShape, flow: TensorShape) -> TensorShape:
    return TensorShape.of(())


@shape_rule("TensorArrayCloseV3")
def _(handle: TensorShape) -> list[TensorShape]:
    return []
