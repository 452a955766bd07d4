"""Accumulators: gradients of many steps gathered, and taken out when there are enough; `kernels/accumulators.py`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ConditionalAccumulator
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Operation, Tensor
from ..graph.shape import TensorShape, as_shape
from . import rules
from .indexed_slices import IndexedSlices
from .node import convert_to_tensor, node
from .rules import shape_rule


def _int64(value: Any, name: str) -> Tensor:
    tensor = convert_to_tensor(value, preferred_dtype=dtypes.int64, name=name)
    return tensor if tensor.dtype is dtypes.int64 else node("Cast", tensor, DstT=dtypes.int64)


class ConditionalAccumulatorBase:
    """What both kinds share: the gradients live in the session, `accumulator_ref` stands for them in the graph.

    Gradients of a `local_step` before the accumulator's time step are dropped without a word. The time step is 0 at
    first, and one more after every time that gradients are taken.
    """

    _op_prefix = ""

    def __init__(self, dtype: Any, shape: Any, accumulator_ref: Tensor) -> None:
        self._dtype = dtypes.as_dtype(dtype)
        self._shape = TensorShape(None) if shape is None else as_shape(shape)
        self._accumulator_ref = accumulator_ref
        self._name = accumulator_ref.op.name.split("/")[-1]

    @property
    def accumulator_ref(self) -> Tensor:
        return self._accumulator_ref

    @property
    def name(self) -> str:
        return self._name

    @property
    def dtype(self) -> DType:
        return self._dtype

    def num_accumulated(self, name: str | None = None) -> Tensor:
        """How many gradients there are now, a scalar int32."""
        return node(
            f"{self._op_prefix}AccumulatorNumAccumulated",
            self._accumulator_ref,
            name=name or f"{self._name}_NumAccumulated",
        )

    def set_global_step(self, new_global_step: Any, name: str | None = None) -> Operation:
        """An op that sets the accumulator's time step, a scalar integer."""
        step = _int64(new_global_step, "new_global_step")
        return node(f"{self._op_prefix}AccumulatorSetGlobalStep", self._accumulator_ref, step, name=name)


class ConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of dense gradients of one `shape`; `reduction_type` is "MEAN" or "SUM".

    Accumulators of one `shared_name` are one. `ValueError` for another `reduction_type`.
    """

    _op_prefix = "Resource"

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "conditional_accumulator",
        reduction_type: str = "MEAN",
    ) -> None:
        handle = node(
            "ResourceConditionalAccumulator",
            dtype=dtype,
            shape=TensorShape(shape),
            shared_name=shared_name,
            reduction_type=reduction_type,
            name=name,
        )
        super().__init__(dtype, shape, handle)

    def apply_grad(self, grad: Any, local_step: Any = 0, name: str | None = None) -> Operation:
        """An op that adds `grad`; `ValueError` if it is known not to be of the accumulator's shape."""
        grad = convert_to_tensor(grad, self._dtype)
        grad.shape.assert_is_compatible_with(self._shape)
        step = _int64(local_step, "local_step")
        return node("ResourceAccumulatorApplyGradient", self._accumulator_ref, step, grad, name=name)

    def take_grad(self, num_required: Any, name: str | None = None) -> Tensor:
        """The mean (or sum) of the gradients, once there are `num_required`; it waits for them. None is left then.

        `InvalidArgumentError` in the run if `num_required` is below 1.
        """
        result = node(
            "ResourceAccumulatorTakeGradient", self._accumulator_ref, num_required, dtype=self._dtype, name=name
        )
        result.set_shape(self._shape)
        return result


class SparseConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of gradients that are `IndexedSlices`; a row's mean is over the gradients that have that row.

    `shape` is that of the whole, `reduction_type` "MEAN" or "SUM"; accumulators of one `shared_name` are one.
    `ValueError` for another `reduction_type`.
    """

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "sparse_conditional_accumulator",
        reduction_type: str = "MEAN",
    ) -> None:
        handle = node(
            "SparseConditionalAccumulator",
            dtype=dtype,
            shape=TensorShape(shape),
            shared_name=shared_name,
            reduction_type=reduction_type,
            name=name,
        )
        super().__init__(dtype, shape, handle)

    def apply_indexed_slices_grad(self, grad: IndexedSlices, local_step: Any = 0, name: str | None = None) -> Operation:
        """An op that adds `grad`."""
        return self.apply_grad(grad.indices, grad.values, grad.dense_shape, local_step, name)

    def apply_grad(
        self, grad_indices: Any, grad_values: Any, grad_shape: Any = None, local_step: Any = 0, name: str | None = None
    ) -> Operation:
        """An op that adds the rows `grad_values` [n, …] at `grad_indices` [n], increasing, of a whole of `grad_shape`.

        `InvalidArgumentError` in the run if they do not fit each other or what is there already.
        """
        return node(
            "SparseAccumulatorApplyGradient",
            self._accumulator_ref,
            _int64(local_step, "local_step"),
            _int64(grad_indices, "gradient_indices"),
            convert_to_tensor(grad_values, self._dtype),
            _int64([] if grad_shape is None else grad_shape, "gradient_shape"),
            has_known_shape=grad_shape is not None,
            name=name,
        )

    def take_grad(self, num_required: Any, name: str | None = None) -> Any:
        """The indices, values and shape of the mean (or sum), once there are `num_required` gradients.

        It waits for them; none is left then. The shape has -1 where it is not known.
        """
        return node("SparseAccumulatorTakeGradient", self._accumulator_ref, num_required, dtype=self._dtype, name=name)

    def take_indexed_slices_grad(self, num_required: Any, name: str | None = None) -> IndexedSlices:
        """As `take_grad`, as `IndexedSlices`."""
        taken = self.take_grad(num_required, name)
        return IndexedSlices(values=taken.values, indices=taken.indices, dense_shape=taken.shape)


shape_rule("ResourceConditionalAccumulator", "SparseConditionalAccumulator", "AccumulatorNumAccumulated",
           "ResourceAccumulatorNumAccumulated")(rules.scalar)  # fmt: skip
