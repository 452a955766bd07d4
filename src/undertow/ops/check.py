"""Checks: Assert, the `assert_*` functions, and questions about types. What is known is checked at once.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/debugging
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import dtypes, stacks
from ..graph.dtypes import DType
from ..graph.errors import InvalidArgumentError
from ..graph.operation import Operation, Tensor
from ..graph.scopes import control_dependencies, name_scope
from ..graph.shape import TensorShape
from . import rules
from .array import rank as rank_of
from .array import shape as shape_of
from .constant import constant
from .constant_value import constant_value
from .control_flow import group, no_op, with_dependencies
from .node import convert_to_tensor, node
from .raw import from_table
from .reduction import reduce_all
from .rules import shape_rule

# Public name -> type, where the registry's signature is the public one.
PLAIN = {"check_numerics": "CheckNumerics"}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


def Assert(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> Operation:
    """An operation that fails where it runs if `condition` is false, telling `data` (`summarize` elements of each).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/debugging/Assert
    """
    with name_scope(name, "Assert", [condition]):
        told = [convert_to_tensor(item) for item in data]  # once more for nobody, as TensorFlow does
        if any(t.dtype.base_dtype not in (dtypes.string, dtypes.int32) for t in told):
            # 1.15 wraps it in a `cond`: six nodes before it, two after it, and a Switch for each tensor that it takes.
            stacks.get_default_graph().leave_out(9 + sum(isinstance(item, Tensor) for item in data))
        return node("Assert", condition, list(data), summarize=summarize, name="Assert")


# Elementwise


def assert_equal(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Operation:
    """Fail unless `x == y` everywhere, at once if both are known."""
    with name_scope(name, "assert_equal", [x, y, data]):
        if x is y:
            return no_op()
    return _compared("assert_equal", x, y, data, summarize, message, name)


# Public name -> (op type, its sign, NumPy's function)
_COMPARISONS: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "assert_equal": ("Equal", "==", np.equal),
    "assert_none_equal": ("NotEqual", "!=", np.not_equal),
    "assert_less": ("Less", "<", np.less),
    "assert_less_equal": ("LessEqual", "<=", np.less_equal),
    "assert_greater": ("Greater", ">", np.greater),
    "assert_greater_equal": ("GreaterEqual", ">=", np.greater_equal),
}

# Public name -> (the comparison, whether zero stands first, the sign told)
_SIGNS = {
    "assert_positive": ("assert_less", True, "> 0"),
    "assert_negative": ("assert_less", False, "< 0"),
    "assert_non_negative": ("assert_less_equal", True, ">= 0"),
    "assert_non_positive": ("assert_less_equal", False, "<= 0"),
}


def _compared(
    public: str, x: Any, y: Any, data: Any, summarize: int | None, message: str | None, name: str | None
) -> Operation:
    op_type, sign, numpy_function = _COMPARISONS[public]
    with name_scope(name, public, [x, y, data]):
        x, y = convert_to_tensor(x, name="x"), convert_to_tensor(y, name="y")
        if data is None:
            data = [f"Condition x {sign} y did not hold element-wise:", f"x ({x.name}) = ", x, f"y ({y.name}) = ", y]
            data = [message, *data] if message is not None else data
        condition = reduce_all(node(op_type, x, y))
        x_value, y_value = constant_value(x), constant_value(y)
        if x_value is not None and y_value is not None and not np.all(numpy_function(x_value, y_value)):
            raise InvalidArgumentError(None, None, _told(data))
        return Assert(condition, data, summarize=summarize)


def _told(data: Any) -> str:
    """The data of a check that has failed already, a line each."""
    known = [constant_value(item) if isinstance(item, Tensor) else item for item in data]
    return "\n".join(str(item) for item in known if item is not None)


def _comparison(public: str) -> Callable[..., Operation]:
    def check(
        x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
        name: str | None = None,
    ) -> Operation:  # fmt: skip
        return _compared(public, x, y, data, summarize, message, name)

    check.__name__ = check.__qualname__ = public
    check.__doc__ = f"Fail unless `x {_COMPARISONS[public][1]} y` everywhere, at once if both are known."
    return check


def _sign_check(public: str) -> Callable[..., Operation]:
    comparison, zero_first, told = _SIGNS[public]

    def check(
        x: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
    ) -> Operation:
        with name_scope(name, public, [x, data]):
            x = convert_to_tensor(x, name="x")
            if data is None:
                data = [message or "", f"Condition x {told} did not hold element-wise:", f"x ({x.name}) = ", x]
            zero = constant(0, x.dtype.base_dtype)
            first, second = (zero, x) if zero_first else (x, zero)
            return _compared(comparison, first, second, data, summarize, None, None)

    check.__name__ = check.__qualname__ = public
    check.__doc__ = f"Fail unless `x {told}` everywhere, at once if it is known."
    return check


assert_none_equal = _comparison("assert_none_equal")
assert_less = _comparison("assert_less")
assert_less_equal = _comparison("assert_less_equal")
assert_greater = _comparison("assert_greater")
assert_greater_equal = _comparison("assert_greater_equal")
assert_positive = _sign_check("assert_positive")
assert_negative = _sign_check("assert_negative")
assert_non_negative = _sign_check("assert_non_negative")
assert_non_positive = _sign_check("assert_non_positive")


def assert_near(
    x: Any, y: Any, rtol: Any = None, atol: Any = None, data: Any = None, summarize: int | None = None,
    message: str | None = None, name: str | None = None,
) -> Operation:  # fmt: skip
    """Fail unless `|x - y| < atol + rtol * |y|` everywhere; both are ten times the dtype's epsilon if not told."""
    with name_scope(name, "assert_near", [x, y, rtol, atol, data]):
        x = convert_to_tensor(x, name="x")
        dtype = x.dtype.base_dtype
        y = convert_to_tensor(y, name="y", dtype=dtype)
        epsilon = 10 * np.finfo(dtype.as_numpy_dtype).eps
        rtol = convert_to_tensor(epsilon if rtol is None else rtol, name="rtol", dtype=dtype)
        atol = convert_to_tensor(epsilon if atol is None else atol, name="atol", dtype=dtype)
        if data is None:
            data = [
                message or "", f"x and y not equal to tolerance rtol = {rtol}, atol = {atol}", f"x ({x.name}) = ", x,
                f"y ({y.name}) = ", y,
            ]  # fmt: skip
        allowed = node("AddV2", atol, node("Mul", rtol, node("Abs", y), name="mul"), name="add")
        near = node("Less", node("Abs", node("Sub", x, y, name="sub")), allowed)
        return Assert(reduce_all(near), data, summarize=summarize)


# Ranks


def _said(message: str | None) -> str:
    return f"{message}.  " if message else ""


def _known_rank(rank: Tensor) -> int | None:
    if rank.dtype.base_dtype != dtypes.int32:
        raise TypeError(f"{rank.name} must be of type tf.int32; got tf.{rank.dtype.base_dtype.name}")
    value = constant_value(rank)
    if value is not None and value.ndim != 0:
        raise ValueError("Rank must be a scalar.")
    return None if value is None else int(value)


def _ranked(
    public: str, condition: str, told: str, holds: Callable[[int, int], bool], x: Any, ranks: tuple[Any, ...],
    data: Any, summarize: int | None, message: str | None, name: str | None,
) -> Operation:  # fmt: skip
    """Fail unless the rank of `x` is as one of `ranks` asks; `told` says how, `condition` is its op."""
    with name_scope(name, public, [x, *ranks, *(data or [])]):
        x = convert_to_tensor(x, name="x")
        wanted = [convert_to_tensor(rank, name="rank") for rank in ranks]
        known = [_known_rank(rank) for rank in wanted]
        found = x.shape.ndims
        if data is None:
            data = [message or "", f"Tensor {x.name} must have {told}", *wanted, "Received shape: ", shape_of(x)]
        for rank in wanted:
            assert_type(rank, dtypes.int32)
        if found is not None and all(rank is not None for rank in known):
            if any(holds(found, rank) for rank in known):  # type: ignore[arg-type]
                return no_op(name="static_checks_determined_all_ok")
            shown = str(known[0]) if public != "assert_rank_in" else f"({', '.join(map(str, known))})"
            raise ValueError(
                f"{_said(message)}Tensor {x.name} must have {told} {shown}.  Received rank {found}, shape {x.shape}"
            )
        actual = rank_of(x)
        fits = [node(condition, actual, rank) for rank in wanted]
        every = fits[0]
        for other in fits[1:]:
            every = node("LogicalOr", every, other)
        return Assert(every, data, summarize=summarize)


def assert_rank(
    x: Any, rank: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """Fail unless `x` is of `rank`; `ValueError` at once if that is known."""
    equal: Callable[[int, int], bool] = int.__eq__
    return _ranked("assert_rank", "Equal", "rank", equal, x, (rank,), data, summarize, message, name)


def assert_rank_at_least(
    x: Any, rank: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """Fail unless `x` is of `rank` or more; `ValueError` at once if that is known."""
    return _ranked(
        "assert_rank_at_least", "GreaterEqual", "rank at least", int.__ge__, x, (rank,), data, summarize, message, name
    )


def assert_rank_in(
    x: Any, ranks: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """Fail unless the rank of `x` is among `ranks`; `ValueError` at once if that is known."""
    equal: Callable[[int, int], bool] = int.__eq__
    return _ranked("assert_rank_in", "Equal", "rank in", equal, x, tuple(ranks), data, summarize, message, name)


# Types: checked at once, always


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> Operation:
    """`TypeError` unless `x` is of an integer dtype."""
    with name_scope(name, "assert_integer", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_integer:
            raise TypeError(f'{_said(message)}Expected "x" to be integer type.  Found: {x.name} of dtype {x.dtype!r}')
        return no_op("statically_determined_was_integer")


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> Operation:
    """`TypeError` unless `tensor` is of dtype `tf_type`."""
    with name_scope(name, "assert_type", [tensor]):
        tensor, wanted = convert_to_tensor(tensor, name="tensor"), dtypes.as_dtype(tf_type)
        if tensor.dtype.base_dtype != wanted.base_dtype:
            found = tensor.dtype.base_dtype.name
            raise TypeError(f"{_said(message)}{tensor.name} must be of type tf.{wanted.name}; got tf.{found}")
        return no_op("statically_determined_correct_type")


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Tensor:
    """`tensor`; `ValueError` unless it is known to be a scalar."""
    with name_scope(name, "assert_scalar", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name=f"{scope}tensor")
        if tensor.shape.ndims != 0:
            raise ValueError(f"{_said(message)}Expected scalar shape for {tensor.name}, saw shape: {tensor.shape}.")
        return tensor


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether `tensor` is a tensor of numbers."""
    dtype = tensor.dtype.base_dtype if isinstance(tensor, Tensor) else None
    return dtype is not None and (dtype.is_floating or dtype.is_integer or dtype.is_complex or dtype.is_quantized)


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> DType:
    """The one floating dtype of all `tensors` and `dtype`, float32 if nothing is given; `ValueError` if they differ."""
    expected = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    first = None
    for tensor in tensors or ():
        if tensor is None:
            continue
        found = tensor.dtype.base_dtype
        if expected is None:
            expected, first = found, tensor
        elif found != expected:
            other = f" as {first.name}" if first is not None else ""
            raise ValueError(f"{tensor.name}, type={found!r}, must be of the same type ({expected!r}){other}.")
    expected = expected or dtypes.float32
    if not expected.is_floating:
        raise ValueError(f"Expected floating point type, got {expected!r}.")
    return expected


def assert_proper_iterable(values: Any) -> None:
    """`TypeError` for a tensor, an array, a string or what is no iterable at all."""
    if isinstance(values, (Tensor, np.ndarray, str, bytes)) or hasattr(values, "dense_shape"):
        raise TypeError(f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}')
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


# Numbers


shape_rule("CheckNumerics")(rules.unchanged)


@shape_rule("Assert")
def _(condition: TensorShape, data: list[TensorShape]) -> list[TensorShape]:
    return []


def verify_tensor_all_finite(
    t: Any = None, msg: str | None = None, name: str | None = None, x: Any = None, message: str | None = None
) -> Tensor:
    """`t`; where it runs, fail with `msg` if an element is NaN or infinite. (`x`, `message`: their later names.)"""
    value, told = (t if x is None else x), (msg if message is None else message)
    with name_scope(name, "VerifyFinite", [value]):
        value = convert_to_tensor(value, name="x")
        with value.graph.colocate_with(value.op):
            checked = node("CheckNumerics", value, message=told)
        return with_dependencies([checked], value)


def add_check_numerics_ops() -> Operation:
    """An operation that fails if any floating tensor of the graph, as it is now, is NaN or infinite."""
    checks: list[Any] = []
    for op in stacks.get_default_graph().get_operations():
        for output in op.outputs:
            if output.dtype in (dtypes.float16, dtypes.float32, dtypes.float64):
                if op._control_flow_context is not None:
                    raise ValueError(
                        "`tf.add_check_numerics_ops() is not compatible with TensorFlow control flow operations such "
                        "as `tf.cond()` or `tf.while_loop()`."
                    )
                with control_dependencies(checks[-1:]):
                    checks.append(node("CheckNumerics", output, message=output.name))
    return group(*checks[-1:])
