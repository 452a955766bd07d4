"""How many floating-point operations an op takes, as TensorFlow counts them: of the types it counts, known shapes only.

Source: what TensorFlow 1.15 answers; see https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/profiler
"""

from __future__ import annotations

import math
from typing import Any

from ..graph.operation import Operation

# Type -> how many for each element of the output.
_EACH = {
    "Add": 1, "AddV2": 1, "AssignAdd": 1, "AssignSub": 1, "Equal": 1, "Greater": 1, "GreaterEqual": 1, "Less": 1,
    "LessEqual": 1,
    "Log": 1, "Maximum": 1, "Minimum": 1, "Mul": 1, "Neg": 1, "NotEqual": 1, "Pow": 1, "RealDiv": 1, "Reciprocal": 1,
    "Rsqrt": 2, "Softmax": 5, "Square": 1, "SquaredDifference": 2, "Sub": 1,
}  # fmt: skip
_PRODUCTS = {"MatMul", "BatchMatMul", "BatchMatMulV2"}
_CONVOLUTIONS = {
    "Conv2D": 3,
    "Conv3D": 4,
    "DepthwiseConv2dNative": 2,
    "Dilation2D": 2,
}  # type -> the filter's axes used
_POOLS = {"AvgPool", "MaxPool"}


def float_operations(op: Operation) -> int:
    """The number for one op; 0 for types that are not counted and for shapes that are not known."""
    shapes = [tensor.shape._dims for tensor in (*op.inputs, *op.outputs)]
    if not op.outputs or any(dims is None or None in dims for dims in shapes):
        return 0
    sizes: list[int] = [math.prod(dims) for dims in shapes]  # type: ignore[arg-type]
    size = sizes[len(op.inputs)]
    if op.type in _EACH:
        return _EACH[op.type] * size
    if op.type in _PRODUCTS:
        transposed = op.attrs.get("transpose_a", op.attrs.get("adj_x", False))
        inner: Any = shapes[0][-2 if transposed else -1]  # type: ignore[index]
        return 2 * size * inner
    if op.type in _CONVOLUTIONS:
        return 2 * size * math.prod(shapes[1][: _CONVOLUTIONS[op.type]])  # type: ignore[index, arg-type]
    if op.type in _POOLS:
        return size * math.prod(op.attrs["ksize"])
    return {
        "AddN": (len(op.inputs) - 1) * size,
        "ArgMax": sizes[0] - size,
        "ArgMin": sizes[0] - size,
        "BiasAdd": sizes[0],
        "L2Loss": 3 * sizes[0] - 1,
        "Mean": sizes[0],
        "Sum": sizes[0] - size,
    }.get(op.type, 0)
