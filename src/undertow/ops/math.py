"""Elementwise arithmetic, comparison and conversion: what each op is. `kernels/math.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .constant import constant
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import shape_rule

# Public name -> type. The input's shape.
UNARY = {
    "acos": "Acos", "acosh": "Acosh", "asin": "Asin", "asinh": "Asinh", "atan": "Atan", "atanh": "Atanh",
    "ceil": "Ceil", "cos": "Cos", "cosh": "Cosh", "exp": "Exp", "expm1": "Expm1", "floor": "Floor", "invert": "Invert",
    "is_finite": "IsFinite", "is_inf": "IsInf", "is_nan": "IsNan", "log": "Log", "log1p": "Log1p",
    "logical_not": "LogicalNot", "negative": "Neg", "reciprocal": "Reciprocal", "rint": "Rint",
    "rsqrt": "Rsqrt", "sigmoid": "Sigmoid", "sign": "Sign", "sin": "Sin", "sinh": "Sinh", "sqrt": "Sqrt",
    "square": "Square", "tan": "Tan", "tanh": "Tanh",
}  # fmt: skip

# Public name -> type. The inputs broadcast to one shape.
BINARY = {
    "atan2": "Atan2", "bitwise_and": "BitwiseAnd", "bitwise_or": "BitwiseOr", "bitwise_xor": "BitwiseXor",
    "floor_div": "FloorDiv", "floormod": "FloorMod", "greater": "Greater", "greater_equal": "GreaterEqual",
    "left_shift": "LeftShift", "less": "Less", "less_equal": "LessEqual", "logical_and": "LogicalAnd",
    "logical_or": "LogicalOr", "maximum": "Maximum", "minimum": "Minimum", "mod": "FloorMod", "multiply": "Mul",
    "nextafter": "NextAfter", "pow": "Pow", "realdiv": "RealDiv", "right_shift": "RightShift",
    "squared_difference": "SquaredDifference", "subtract": "Sub", "truncatediv": "TruncateDiv",
    "truncatemod": "TruncateMod", "xdivy": "Xdivy", "xlogy": "Xlogy",
}  # fmt: skip

SPARSE_TOO = {"negative", "sign", "sqrt", "square", "tanh"}  # these take a SparseTensor and give one

# Types that only other functions, older graphs and `tf.raw_ops` make.
_OTHER_UNARY = ("Abs", "Angle", "Cast", "ComplexAbs", "Conj", "Imag", "Inv", "PopulationCount", "Real", "Round")
_GRADIENTS = ("InvGrad", "ReciprocalGrad", "RsqrtGrad", "SqrtGrad")
_OTHER_BINARY = (
    "Add", "AddV2", "ApproximateEqual", "Complex", "Div", "DivNoNan", "Mod", "MulNoNan", "Xlog1py",
)  # fmt: skip

shape_rule(*UNARY.values(), *_OTHER_UNARY, *_GRADIENTS)(rules.unchanged)
shape_rule(*BINARY.values(), *_OTHER_BINARY)(rules.broadcast)


@shape_rule("Equal", "NotEqual")
def _(x: TensorShape, y: TensorShape, *, incompatible_shape_error: bool) -> TensorShape:
    if incompatible_shape_error:
        return rules.broadcast(x, y)
    try:
        return rules.broadcast(x, y) if x.is_fully_defined() and y.is_fully_defined() else TensorShape(None)
    except ValueError:
        return TensorShape.of(())


@shape_rule("ClipByValue")
def _(t: TensorShape, low: TensorShape, high: TensorShape) -> TensorShape:
    return rules.broadcast(t, low, high)


def is_sparse(x: Any) -> bool:
    """Whether `x` is an IndexedSlices or a SparseTensor: values that stand at given indices of a dense shape."""
    return hasattr(x, "values") and hasattr(x, "indices") and hasattr(x, "dense_shape")


def with_values(x: Any, values: Tensor) -> Any:
    """What is sparse with other values."""
    return type(x)(indices=x.indices, values=values, dense_shape=x.dense_shape)


@cache
def values_too(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` of a tensor, which then takes what is sparse as well and works on its values."""

    def call(x: Any, name: str | None = None) -> Any:
        return with_values(x, function(x.values, name=name)) if is_sparse(x) else function(x, name=name)

    call.__name__ = call.__qualname__ = function.__name__
    call.__doc__ = function.__doc__
    return call


def __getattr__(name: str) -> Any:
    function = from_table({**UNARY, **BINARY}, __name__, name)
    return values_too(function) if name in SPARSE_TOO else function


# Arithmetic


def abs(x: Any, name: str | None = None) -> Any:
    """The absolute value of each element, real also for complex `x`. A SparseTensor gives one.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/abs
    """
    if is_sparse(x):
        return with_values(x, abs(x.values, name))
    with name_scope(name, "Abs", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        if x.dtype.is_complex:
            return node("ComplexAbs", x, Tout=x.dtype.real_dtype, name=scope)
        return node("Abs", x, name=scope)


def round(x: Any, name: str | None = None) -> Tensor:
    """Each element rounded to the nearest integer, halves to the even one; integers as they are.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/round
    """
    x = convert_to_tensor(x, name="x")
    return x if x.dtype.is_integer else node("Round", x, name=name)


def add(x: Any, y: Any, name: str | None = None) -> Tensor:
    """`x + y`, elementwise with broadcasting; strings are joined.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/add
    """
    return _two("Add", lambda x: "Add" if x.dtype.base_dtype == dtypes.string else "AddV2", x, y, name)


def _two(default_name: str, type_of: Callable[[Tensor], str], x: Any, y: Any, name: str | None) -> Tensor:
    """A node of two inputs, its type told by the first and the second converted to the first's dtype if it can be."""
    with name_scope(name, default_name, [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, dtype_hint=x.dtype.base_dtype, name="y")
        return node(type_of(x), x, y, name=scope)


# What `/` makes of integers; other types stay.
_TRUE_QUOTIENT = {
    **dict.fromkeys(("int8", "uint8", "int16", "uint16"), dtypes.float32),
    **dict.fromkeys(("int32", "uint32", "int64", "uint64"), dtypes.float64),
}


def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """`x / y` as Python 3 divides: integers become float64 (8 and 16 bits: float32) before.

    `TypeError` if dtypes differ.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/truediv
    """
    with name_scope(name, "truediv", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, dtype_hint=x.dtype.base_dtype, name="y")
        x_type, y_type = x.dtype.base_dtype, y.dtype.base_dtype
        if x_type is not y_type:
            raise TypeError(f"x and y must have the same dtype, got {x_type!r} != {y_type!r}")
        quotient = _TRUE_QUOTIENT.get(x_type.name)
        if quotient is not None:
            x, y = cast(x, quotient), cast(y, quotient)
        return node("RealDiv", x, y, name=scope)


def divide(x: Any, y: Any, name: str | None = None) -> Tensor:
    """`x / y` as Python 3 divides.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/divide
    """
    return truediv(x, y, name) if name is not None else truediv(convert_to_tensor(x), y)


def div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """`x / y` as Python 2 divides: integers are floored.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/divide
    """
    return _two("div", lambda x: "RealDiv" if x.dtype.is_floating or x.dtype.is_complex else "FloorDiv", x, y, name)


def floordiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """`x // y`, rounded to the integer below.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/floordiv
    """
    return _two("floordiv", lambda _: "FloorDiv", x, y, name)


def div_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """`x / y`, and 0 where `y` is 0.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/divide_no_nan
    """
    return _two("div_no_nan", lambda _: "DivNoNan", x, y, name)


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """`x * y`, and 0 where `y` is 0, even if `x` is infinite or NaN.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/multiply_no_nan
    """
    return _two("multiply_no_nan", lambda _: "MulNoNan", x, y, name)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Tensor:
    """`1 / x`, and 0 where `x` is 0."""
    with name_scope(name, "reciprocal_no_nan", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return node("DivNoNan", constant(1, x.dtype.base_dtype, name="one"), x, name=scope)


def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """The logarithm of the sigmoid, `-softplus(-x)`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/log_sigmoid
    """
    with name_scope(name, "LogSigmoid", [x]) as scope:
        return node("Neg", node("Softplus", node("Neg", convert_to_tensor(x, name="x"))), name=scope)


def polyval(coeffs: list[Any], x: Any, name: str | None = None) -> Tensor:
    """The polynomial with `coeffs`, highest power first, at each element of `x`, by Horner's rule.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/polyval
    """
    with name_scope(name, "polyval", [x]):
        x = convert_to_tensor(x, name="x")
        if not coeffs:
            return node("ZerosLike", x, name=name)
        values = [convert_to_tensor(c, name=f"coeff_{i}") for i, c in enumerate(coeffs)]
        result = values[0]
        for value in values[1:]:
            result = node("AddV2", value, node("Mul", result, x, name="mul"), name="add")
        return result


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """`scalar * x` for a tensor or IndexedSlices `x`; `ValueError` if `scalar` is none.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/scalar_mul
    """
    scalar = convert_to_tensor(scalar, dtype_hint=x.dtype.base_dtype, name="scalar")
    if scalar.shape.ndims not in (None, 0):
        raise ValueError(f"Only scalar multiply works, got shape {scalar.shape}")
    if is_sparse(x):
        return with_values(x, node("Mul", scalar, x.values, name=name))
    return node("Mul", scalar, x, name=name)


# Truth


def equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether `x == y`, elementwise with broadcasting.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/equal
    """
    return node("Equal", x, y, name=name)


def not_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether `x != y`, elementwise with broadcasting.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/not_equal
    """
    return node("NotEqual", x, y, name=name)


def logical_xor(x: Any, y: Any, name: str = "LogicalXor") -> Tensor:
    """Whether one of `x` and `y` is true, and not both.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/logical_xor
    """
    either = node("LogicalOr", x, y)
    return node("LogicalAnd", either, node("LogicalNot", node("LogicalAnd", x, y)), name=name)


# Complex numbers


def complex(real: Any, imag: Any, name: str | None = None) -> Tensor:
    """A complex tensor of two real ones: complex64 of float32, complex128 of float64; `TypeError` of others.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/dtypes/complex
    """
    with name_scope(name, "Complex", [real, imag]) as scope:
        real, imag = convert_to_tensor(real, name="real"), convert_to_tensor(imag, name="imag")
        result = {"float32": dtypes.complex64, "float64": dtypes.complex128}.get(real.dtype.base_dtype.name)
        if result is None or imag.dtype.base_dtype is not real.dtype.base_dtype:
            raise TypeError(f"real and imag have incorrect types: {real.dtype.name} {imag.dtype.name}")
        return node("Complex", real, imag, Tout=result, name=scope)


def _part(op_type: str, value: Any, name: str | None, of_real: Callable[[Tensor], Tensor]) -> Tensor:
    with name_scope(name, op_type, [value]) as scope:
        value = convert_to_tensor(value, name="input")
        if value.dtype.is_complex:
            return node(op_type, value, Tout=value.dtype.real_dtype, name=scope)
        return of_real(value)


def real(input: Any, name: str | None = None) -> Tensor:
    """The real part; what is real already as it is.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/real
    """
    return _part("Real", input, name, lambda x: x)


def imag(input: Any, name: str | None = None) -> Tensor:
    """The imaginary part, zeros for what is real.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/imag
    """
    return _part("Imag", input, name, lambda x: node("ZerosLike", x, name="zeros_like"))


def angle(input: Any, name: str | None = None) -> Tensor:
    """The argument in radians; for what is real, zeros.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/angle
    """
    return _part("Angle", input, name, lambda x: node("ZerosLike", x, name="zeros_like"))


def conj(x: Any, name: str | None = None) -> Tensor:
    """The complex conjugate; what is real as it is.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/conj
    """
    x = convert_to_tensor(x, name="x")
    if x.dtype.base_dtype in (dtypes.string, dtypes.bool, dtypes.resource):
        raise TypeError(f"Expected numeric or variant tensor, got dtype {x.dtype!r}")
    return node("Conj", x, name=name) if x.dtype.is_complex else x


# Conversion


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """`x` with its elements converted to `dtype`; itself if they are of it already. Sparse `x` stays sparse.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/cast
    """
    dtype = dtypes.as_dtype(dtype).base_dtype
    if is_sparse(x):
        return with_values(x, cast(x.values, dtype, name))
    if isinstance(x, Tensor) and x.dtype.base_dtype is dtype:
        return x
    with name_scope(name, "Cast", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return x if x.dtype.base_dtype is dtype else node("Cast", x, DstT=dtype, name=scope)


def _cast_to(dtype: DType, default_name: str) -> Callable[..., Any]:
    def call(x: Any, name: str = default_name) -> Any:
        return cast(x, dtype, name)

    call.__name__ = call.__qualname__ = f"to_{dtype.name}"
    call.__doc__ = f"`x` cast to {dtype.name}: the older spelling of `tf.cast(x, tf.{dtype.name})`."
    return call


to_float = _cast_to(dtypes.float32, "ToFloat")
to_double = _cast_to(dtypes.float64, "ToDouble")
to_int32 = _cast_to(dtypes.int32, "ToInt32")
to_int64 = _cast_to(dtypes.int64, "ToInt64")
to_bfloat16 = _cast_to(dtypes.bfloat16, "ToBFloat16")
to_complex64 = _cast_to(dtypes.complex64, "ToComplex64")
to_complex128 = _cast_to(dtypes.complex128, "ToComplex128")


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """`value` cast to `dtype`, values beyond its range being its smallest or largest.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/dtypes/saturate_cast
    """
    with name_scope(name, "saturate_cast", [value]) as scope:
        value = convert_to_tensor(value, name="value")
        dtype, source = dtypes.as_dtype(dtype).base_dtype, value.dtype.base_dtype
        if source.min < dtype.min:
            value = node("Maximum", value, constant(_within(dtype.min, dtype, source), source, name="min"))
        if source.max > dtype.max:
            value = node("Minimum", value, constant(_within(dtype.max, dtype, source), source, name="max"))
        return cast(value, dtype, name=scope)


def _within(limit: Any, dtype: DType, source: DType) -> Any:
    """`limit` of `dtype` in `source`; a float that rounding put beyond the limit is the next one before it."""
    held = np.asarray(limit).astype(source.as_numpy_dtype)
    if dtype.is_integer and source.is_floating and int(held) not in range(int(dtype.min), int(dtype.max) + 1):
        return np.nextafter(held, held.dtype.type(0))
    return held
