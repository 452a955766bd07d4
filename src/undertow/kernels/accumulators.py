"""Accumulators: the kernels. A handle is a scalar object array that holds the `Accumulator`."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.errors import InvalidArgumentError
from .registry import invalid, kernel
from .shaping import bracketed

Shape = tuple[int | None, ...] | None


class Accumulator:
    """Gradients added up, how many they are, and the time step: older ones are dropped."""

    def __init__(self, dtype: Any, shape: Shape, reduction: str) -> None:
        self.described = (dtype.name, shape, reduction)
        self._shape, self._mean = shape, reduction == "MEAN"
        self._changed = threading.Condition()
        self._step = 0
        self.count = 0
        self._sum: Any = None

    def set_step(self, step: int) -> None:
        with self._changed:
            self._step = step

    def apply(self, step: int, *gradient: Any) -> None:
        with self._changed:
            self._check(*gradient)
            if step < self._step:
                return
            self._sum = self._added(*gradient)
            self.count += 1
            self._changed.notify_all()

    def take(self, wanted: int, cancellation: Any) -> Any:
        """What was gathered, once it is `wanted` gradients or more; nothing is left, and the time step is the next."""
        if wanted < 1:
            raise invalid(f"Argument num_required must be positive, but was {wanted}")
        with self._changed:
            while self.count < wanted:
                cancellation.wait(self._changed, "TakeGrad operation")
            result = self._result()
            self._sum, self.count = None, 0
            self._step += 1
            return result

    # Of dense gradients; sparse ones override these

    def _check(self, *parts: Any) -> None:
        (gradient,) = parts
        shape = tuple(gradient.shape)
        wanted = self._shape if self._sum is None else tuple(self._sum.shape)
        if wanted is not None and (len(wanted) != len(shape) or any(w not in (None, s) for w, s in zip(wanted, shape))):
            shown = bracketed("?" if w is None else w for w in wanted)
            raise invalid(f"Shape mismatch: expected {shown}, got {bracketed(shape)}")

    def _added(self, *parts: Any) -> Any:
        (gradient,) = parts
        return gradient.detach().clone() if self._sum is None else self._sum + gradient

    def _result(self) -> Any:
        return self._sum / self.count if self._mean else self._sum


class SparseAccumulator(Accumulator):
    """Rows added up by their index; a mean is over the gradients that have the row."""

    def _check(self, *parts: Any) -> None:
        indices, values, shape = parts
        if indices.dim() != 1:
            raise invalid(f"Input indices should be vector but received shape: {bracketed(indices.shape)}")
        if values.dim() == 0:
            raise invalid("Values cannot be 0-dimensional.")
        if len(indices) != len(values):
            raise invalid(f"Expected {len(indices)} non-empty input values, got {len(values)}")
        wanted = self._shape or ()
        if shape is not None:
            self._check_dims(wanted, shape, "shape", 0)
        limit = wanted[0] if wanted else None
        for i, index in enumerate(indices.tolist()):
            if limit is not None and index >= limit:
                raise invalid(
                    f"Shape mismatch: index of slice {i} exceeded limits of shape; index is {index} exceeded {limit}"
                )
        self._check_dims(wanted, values.shape, "values", 1)
        if self._sum is not None:
            kept = self._sum[1]
            if kept.dim() != values.dim():
                raise invalid(f"Shape mismatch: expected values rank {kept.dim()}, got {values.dim()}")
            self._check_dims(kept.shape, values.shape, "values", 1)

    @staticmethod
    def _check_dims(wanted: Any, found: Any, what: str, start: int) -> None:
        if len(found) < len(wanted):
            raise invalid(f"Shape mismatch: expected {what} rank at least {len(wanted)}, got {len(found)}")
        for axis, (a, b) in list(enumerate(zip(wanted, found)))[start:]:
            if a not in (None, b):
                raise invalid(f"Shape mismatch: expected {what} dim {axis} to be {a}, got {b}")

    def _added(self, *parts: Any) -> Any:
        indices, values, _ = parts
        new = (indices.tolist(), values.detach().clone(), [1] * len(indices))
        return new if self._sum is None else _merged(self._sum, new)

    def _result(self) -> tuple[Tensor, Tensor, Tensor]:
        places, values, counts = self._sum
        if self._mean:
            divisors = torch.tensor(counts, dtype=values.dtype, device=values.device)
            values = values / divisors.reshape(-1, *[1] * (values.dim() - 1))
        first = -1 if not self._shape or self._shape[0] is None else self._shape[0]
        shape = torch.tensor([first, *values.shape[1:]], dtype=torch.int64)
        return torch.tensor(places, dtype=torch.int64), values, shape


def _merged(a: Any, b: Any) -> Any:
    """Two lists of rows in the order of their indices as one, in which rows that both have are added."""
    (a_places, a_values, a_counts), (b_places, b_values, b_counts) = a, b
    i = j = 0
    places, counts, from_a, from_b = [], [], [], []  # from_…: where a row of it stands in the result
    while i < len(a_places) or j < len(b_places):
        takes_a = j == len(b_places) or (i < len(a_places) and a_places[i] <= b_places[j])
        takes_b = i == len(a_places) or (j < len(b_places) and b_places[j] <= a_places[i])
        places.append(a_places[i] if takes_a else b_places[j])
        counts.append((a_counts[i] if takes_a else 0) + (b_counts[j] if takes_b else 0))
        if takes_a:
            from_a.append(len(places) - 1)
            i += 1
        if takes_b:
            from_b.append(len(places) - 1)
            j += 1
    values = a_values.new_zeros((len(places), *a_values.shape[1:]))
    values[from_a] += a_values
    values[from_b] += b_values
    return places, values, counts


# Kernels


def _register(op_type: str, make: type[Accumulator]) -> None:
    @kernel(op_type, context=True, on_host=True)
    def accumulator(context: Any) -> np.ndarray:
        op = context.op
        shape: Shape = op.attrs["shape"]._dims

        def new(name: str = "") -> Accumulator:
            return make(op.attrs["dtype"], shape, op.attrs["reduction_type"])

        found, wanted = context.resources.get("accumulator", op, new), new()
        if type(found) is not make or found.described != wanted.described:
            name = op.attrs["shared_name"]
            raise InvalidArgumentError(None, op, f"Shared accumulator '{name}' is of another kind, dtype or shape")
        handle = np.empty((), dtype=object)
        handle[()] = found
        return handle


_register("ResourceConditionalAccumulator", Accumulator)
_register("ConditionalAccumulator", Accumulator)
_register("SparseConditionalAccumulator", SparseAccumulator)


@kernel("ResourceAccumulatorNumAccumulated", "AccumulatorNumAccumulated", on_host=True)
def num_accumulated(handle: np.ndarray) -> Tensor:
    return torch.tensor(handle.item().count, dtype=torch.int32)


@kernel("ResourceAccumulatorSetGlobalStep", "AccumulatorSetGlobalStep", on_host=True)
def set_global_step(handle: np.ndarray, new_global_step: Tensor) -> None:
    handle.item().set_step(int(new_global_step))


@kernel("ResourceAccumulatorApplyGradient", "AccumulatorApplyGradient", on_host=True)
def apply_gradient(handle: np.ndarray, local_step: Tensor, gradient: Tensor) -> None:
    handle.item().apply(int(local_step), gradient)


@kernel("ResourceAccumulatorTakeGradient", "AccumulatorTakeGradient", context=True, on_host=True)
def take_gradient(context: Any, handle: np.ndarray, num_required: Tensor) -> Tensor:
    return handle.item().take(int(num_required), context.cancellation)


@kernel("SparseAccumulatorApplyGradient", on_host=True)
def apply_sparse_gradient(
    handle: np.ndarray, local_step: Tensor, indices: Tensor, values: Tensor, shape: Tensor, *, has_known_shape: bool
) -> None:
    handle.item().apply(int(local_step), indices, values, shape.tolist() if has_known_shape else None)


@kernel("SparseAccumulatorTakeGradient", context=True, on_host=True)
def take_sparse_gradient(context: Any, handle: np.ndarray, num_required: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return handle.item().take(int(num_required), context.cancellation)
