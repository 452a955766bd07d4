"""A grid over ops, dtypes and shapes: scalars, broadcasting, sizes of 0, shapes that the graph does not know.

`points()` gives them all. Each is an op of `tf.raw_ops` (so it is the op itself that is held to TensorFlow, not what a
Python function makes of it), on placeholders of unknown shape, with the gradients by its real inputs in float64.
`make_grid_golden.py` keeps what TensorFlow says, `test_grid.py` compares.
"""

from __future__ import annotations

import contextlib
import itertools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

REAL = ("float32", "float64")
INTEGER = ("int32", "int64", "uint8", "int8")
COMPLEX = ("complex128",)

SHAPES = ((), (1,), (5,), (0,), (2, 0, 3), (2, 3))
PAIRS = (((), ()), ((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((4,), ()), ((0,), (1,)), ((2, 0), (2, 1)))
REDUCED = (((5,), [0]), ((2, 3), [1]), ((2, 3), [0, 1]), ((2, 3), []), ((0,), [0]), ((2, 0), [1]), ((2, 0, 3), [-1]))

# What the numbers are drawn from, by how an op takes them.
ANY, UNIT, POSITIVE, SMALL = (-3.0, 3.0), (-0.95, 0.95), (0.1, 4.0), (0.0, 4.0)


@dataclass(frozen=True)
class Point:
    """One op on one set of inputs."""

    op: str
    inputs: tuple[tuple[str, np.ndarray], ...]
    attrs: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        given = ",".join(f"{v.dtype}{list(v.shape)}" for _, v in self.inputs)
        return f"{self.op}({given})" + "".join(f" {k}={v}" for k, v in self.attrs)


# Ops, the dtypes they are tried on, what the numbers are from, the names of their arguments.
Row = tuple[str, tuple[str, ...], tuple[float, float], tuple[str, ...]]
X, XY, FEATURES = ("x",), ("x", "y"), ("features",)
UNARY: tuple[Row, ...] = (
    ("Square Neg", REAL + INTEGER[:2] + COMPLEX, ANY, X),
    ("Abs Sign", REAL + INTEGER[:2], ANY, X),
    ("Exp Tanh Sigmoid Sin Cos Expm1 Sinh Cosh Atan Asinh", REAL + COMPLEX, ANY, X),
    ("Log Sqrt Rsqrt Reciprocal Inv Log1p", REAL + COMPLEX, POSITIVE, X),
    ("Ceil Floor Rint Round Erf Erfc Tan BesselI0e BesselI1e", REAL, ANY, X),
    ("Acos Asin Atanh Erfinv", REAL, UNIT, X),
    ("Lgamma Digamma", REAL, POSITIVE, X),
    ("IsNan IsInf IsFinite", (*REAL, "float16"), ANY, X),
    ("Relu Relu6", REAL + INTEGER, ANY, FEATURES),
    ("Elu Selu Softplus Softsign", REAL, ANY, FEATURES),
    ("Invert", INTEGER, SMALL, X),
)
BINARY: tuple[Row, ...] = (
    ("Add AddV2 Sub Mul SquaredDifference", REAL + INTEGER[:2] + COMPLEX, ANY, XY),
    ("Div RealDiv DivNoNan Xdivy MulNoNan Pow Xlogy", REAL + COMPLEX, POSITIVE, XY),
    ("Maximum Minimum FloorDiv FloorMod", REAL + INTEGER[:2], POSITIVE, XY),
    ("Less LessEqual Greater GreaterEqual", REAL + INTEGER, ANY, XY),
    ("Equal NotEqual", REAL + INTEGER + COMPLEX, SMALL, XY),
    ("TruncateDiv TruncateMod", INTEGER[:2], POSITIVE, XY),
    ("BitwiseAnd BitwiseOr BitwiseXor LeftShift RightShift", INTEGER, SMALL, XY),
    ("Atan2", REAL, POSITIVE, ("y", "x")),
    ("Igamma Igammac", REAL, POSITIVE, ("a", "x")),
    ("Zeta", REAL, (1.1, 4.0), ("x", "q")),
)

REDUCTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Sum Prod Mean", REAL + INTEGER[:2] + COMPLEX),
    ("Max Min", REAL + INTEGER),
    ("All Any", ("bool",)),
)
ALONG = (("Cumsum", (*REAL, "int32")), ("Cumprod", (*REAL, "int64")))  # one axis; the result has the input's shape


def _numbers(name: str, shape: tuple[int, ...], dtype: str, within: tuple[float, float]) -> np.ndarray:
    """The same numbers for the same question, on every side."""
    random = np.random.RandomState(zlib.crc32(f"{name}{shape}{dtype}".encode()))
    low, high = within
    drawn = random.uniform(low, high, shape)
    kind = np.dtype(dtype).kind
    if kind == "b":
        return drawn > 0
    if kind in "iu":
        whole = np.floor(np.abs(drawn) if kind == "u" else drawn)
        return np.asarray(np.where((whole == 0) & (low > 0), 1, whole)).astype(dtype)
    if kind == "c":
        return np.asarray(drawn + 1j * random.uniform(0.1, 1.0, shape)).astype(dtype)
    return np.asarray(drawn).astype(dtype)


def points() -> Iterator[Point]:
    for ops, dtypes, within, names in UNARY:
        for op, dtype, shape in itertools.product(ops.split(), dtypes, SHAPES):
            yield Point(op, ((names[0], _numbers(op, shape, dtype, within)),))
    for ops, dtypes, within, names in BINARY:
        for op, dtype, pair in itertools.product(ops.split(), dtypes, PAIRS):
            numbers = (_numbers(op + name, shape, dtype, within) for name, shape in zip(names, pair))
            yield Point(op, tuple(zip(names, numbers)))
    for ops, dtypes in REDUCTIONS:
        for op, dtype, (shape, axes), keep in itertools.product(ops.split(), dtypes, REDUCED, (False, True)):
            x = _numbers(op, shape, dtype, ANY)
            yield Point(op, (("input", x), ("axis", np.array(axes, np.int32))), (("keep_dims", keep),))
    for op, dtypes in ALONG:
        for dtype, shape, other in itertools.product(dtypes, ((4,), (2, 3), (0,), (2, 0)), (False, True)):
            x = _numbers(op, shape, dtype, ANY)
            attrs = (("exclusive", other), ("reverse", other))
            yield Point(op, (("x", x), ("axis", np.array(-1, np.int32))), attrs)
    yield from _joined_and_cut()


def _joined_and_cut() -> Iterator[Point]:
    """Ops that move elements."""
    for dtype in ("float64", "int32", "bool", "complex128"):
        for shape in ((3,), (2, 3), (0, 2), (2, 0)):
            x = _numbers("moved", shape, dtype, ANY)
            rank = len(shape)
            yield Point("Transpose", (("x", x), ("perm", np.arange(rank, dtype=np.int32)[::-1].copy())))
            yield Point("Reshape", (("tensor", x), ("shape", np.array([x.size, 1], np.int32))))
            yield Point("Tile", (("input", x), ("multiples", np.array([2] * rank, np.int32))))
            yield Point("ReverseV2", (("tensor", x), ("axis", np.array([0], np.int32))))
            yield Point("Pad", (("input", x), ("paddings", np.array([[1, 2]] * rank, np.int32))))
            yield Point("ExpandDims", (("input", x), ("axis", np.array(-1, np.int32))))
            yield Point("Shape", (("input", x),))
            if x.size:
                yield Point("Fill", (("dims", np.array(shape, np.int32)), ("value", x.reshape(-1)[0])))
            begin, size = np.zeros(rank, np.int32), np.array([min(d, 1) for d in shape], np.int32)
            yield Point("Slice", (("input", x), ("begin", begin), ("size", size)))
            for indices in ([1, 0, 1], []):
                if shape[0] > 1 or not indices:
                    at = np.array(indices, np.int32)
                    yield Point("GatherV2", (("params", x), ("indices", at), ("axis", np.array(0, np.int32))))


def golden_value(value: Any) -> list[Any]:
    """A value as JSON keeps it: dtype, shape, numbers (complex ones as two)."""
    array = np.asarray(value)
    flat = array.reshape(-1)
    return [array.dtype.name, list(array.shape), (flat.view(np.float64) if array.dtype.kind == "c" else flat).tolist()]


def run(tf: Any, group: list[Point]) -> dict[str, list[np.ndarray | None]]:
    """The value of each point, and its gradients, by one session; what cannot be done raises."""
    with tf.Graph().as_default():
        fetches: dict[str, Any] = {}
        feeds: dict[Any, np.ndarray] = {}
        for point in group:
            fed = {name: tf.placeholder(value.dtype, None) for name, value in point.inputs}
            feeds.update((fed[name], value) for name, value in point.inputs)
            result = getattr(tf.raw_ops, point.op)(**fed, **dict(point.attrs))
            real = [t for t in fed.values() if t.dtype in (tf.float64, tf.complex128)]
            if point.op == "Zeta":
                real = [fed["q"]]  # by the other TensorFlow has None
            grads: list[Any] = []
            if result.dtype in (tf.float64, tf.complex128):
                with contextlib.suppress(LookupError):
                    grads = list(tf.gradients(result, real, tf.ones_like(result)))
            fetches[point.name] = [result, *(tf.convert_to_tensor(g) for g in grads if g is not None)]
        with tf.Session() as session:
            return session.run(fetches, feeds)
