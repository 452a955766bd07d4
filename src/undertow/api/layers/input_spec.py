"""What a layer asks of its inputs, and the check of it.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/keras/layers/InputSpec
"""

from __future__ import annotations

from typing import Any

from ...graph import dtypes
from ...graph.shape import TensorShape
from ...ops.node import convert_to_tensor


class InputSpec:
    """The dtype, rank and sizes that a layer's input must have; what is None may be anything.

    `axes` maps an axis (negative ones count from the end) to its size. A `shape` settles the rank.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int | None] | None = None,
    ) -> None:
        self.dtype = None if dtype is None else dtypes.as_dtype(dtype).name
        self.shape = None if shape is None else TensorShape(shape)
        self.ndim = ndim if self.shape is None else self.shape.ndims
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}

    def __repr__(self) -> str:
        told = {k: v for k, v in vars(self).items() if v is not None and v != {}}
        return f"InputSpec({', '.join(f'{k}={v}' for k, v in told.items())})"


def assert_input_compatibility(input_spec: Any, inputs: list[Any], layer_name: str) -> None:
    """Check the flat list `inputs` against a spec or a list of specs (None asks nothing).

    `ValueError`, in TensorFlow's words, for what does not fit.
    """
    if not input_spec:
        return
    specs = list(input_spec) if isinstance(input_spec, (list, tuple)) else [input_spec]
    if len(inputs) != len(specs):
        raise ValueError(
            f"Layer {layer_name} expects {len(specs)} inputs, but it received {len(inputs)} input tensors. Inputs "
            f"received: {inputs}"
        )
    for i, (value, spec) in enumerate(zip(inputs, specs)):
        if spec is not None:
            wrong = _mismatch(spec, value)
            if wrong:
                raise ValueError(f"Input {i} of layer {layer_name} is incompatible with the layer: {wrong}")


def _mismatch(spec: InputSpec, value: Any) -> str:
    """The half sentence that says what is wrong with an input, empty if nothing is."""
    value = value if hasattr(value, "shape") and hasattr(value, "dtype") else convert_to_tensor(value)
    shape = TensorShape(value.shape)
    if shape.ndims is None:
        needs_rank = spec.ndim is not None or spec.min_ndim is not None or spec.max_ndim is not None
        return "its rank is undefined, but the layer requires a defined rank." if needs_rank or spec.axes else ""
    dims, rank = shape.as_list(), shape.ndims
    if spec.ndim is not None and rank != spec.ndim:
        return f"expected ndim={spec.ndim}, found ndim={rank}. Full shape received: {dims}"
    if spec.max_ndim is not None and rank > spec.max_ndim:
        return f"expected max_ndim={spec.max_ndim}, found ndim={rank}"
    if spec.min_ndim is not None and rank < spec.min_ndim:
        return f"expected min_ndim={spec.min_ndim}, found ndim={rank}. Full shape received: {dims}"
    if spec.dtype is not None and value.dtype != spec.dtype:
        return f"expected dtype={spec.dtype}, found dtype={value.dtype}"
    for axis, size in spec.axes.items():
        found = dims[axis] if -rank <= axis < rank else None
        if size is not None and found not in (size, None):
            return f"expected axis {axis} of input shape to have value {size} but received input with shape {dims}"
    if spec.shape is not None and not spec.shape.is_compatible_with(shape):
        return f"expected shape={spec.shape}, found shape={dims}"
    return ""
