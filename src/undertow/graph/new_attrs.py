"""Attrs that 2.21's ops have and 1.15's had not: a graph goes out without them, so that 1.15 reads it too.

That is only done where an attr is its op's default, which is what every reader takes it for.
"""

from __future__ import annotations

from typing import Any

from .dtypes import complex64, float32, int32

_FFTS = ("IRFFT", "IRFFT2D", "IRFFT3D", "RFFT", "RFFT2D", "RFFT3D")
_DEPTHWISE = ("DepthwiseConv2dNative", "DepthwiseConv2dNativeBackpropFilter", "DepthwiseConv2dNativeBackpropInput")

# Attr -> its default, and the ops that it is new to; none named: to all that have it.
_NEW: dict[str, tuple[Any, tuple[str, ...]]] = {
    "Tcomplex": (complex64, _FFTS),
    "Tk": (int32, ()),
    "Treal": (float32, _FFTS),
    "Tsegmentids": (int32, ()),
    "Tshape": (int32, ("TensorListGetItem",)),
    "allow_missing_files": (False, ()),
    "allowed_devices": ([], ()),
    "axis": (-1, ("Dequantize", "QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3", "QuantizeV2")),
    "bad_indices_policy": ("", ()),
    "blank_index": (-1, ()),
    "debug_name": ("", ()),
    "dtype": (float32, ("Dequantize",)),
    "ensure_minimum_range": (0.01, ()),
    "explicit_paddings": ([], ("MaxPool", "MaxPoolGrad", *_DEPTHWISE)),
    "exponential_avg_factor": (1.0, ()),
    "grad_a": (False, ()),
    "grad_b": (False, ()),
    "grad_x": (False, ()),
    "grad_y": (False, ()),
    "index_type": (int32, ("TopKV2",)),
    "multiply_linear_by_lr": (False, ()),
    "narrow_range": (False, ("Dequantize", "QuantizeV2")),
    "offset": (0, ("InitializeTableFromTextFile", "InitializeTableFromTextFileV2")),
    "perturb_singular": (False, ()),
    "resize_if_index_out_of_bounds": (False, ()),
    "shape_type": (int32, ("ConcatOffset",)),
    "sparse_gradient": (False, ()),
    "validate_shape": (False, ("AssignVariableOp",)),
}


def is_new_and_default(op_type: str, name: str, value: Any) -> bool:
    """Whether the attr says nothing that a reader of 1.15's time would miss."""
    default, ops = _NEW.get(name, (None, ()))
    if default is None or (ops and op_type not in ops):
        return False
    value = value.decode() if isinstance(value, bytes) else value
    return bool(abs(value - default) < 1e-6 if isinstance(default, float) else value == default)
