"""Shape rules: what is known of an op's output shapes from its inputs, when the graph is built.

A rule is a small pure function, registered under the op's type:

    @shape_rule("MatMul")
    def _(a, b, *, transpose_a, transpose_b): ...

It gets a `TensorShape` for each input (a list of them where the op takes a list) and, by keyword, the attrs it
names. An input named in `values=` comes as its constant value (a NumPy array, None if it is not known), one named in
`either=` as that or else as its `TensorShape`, one named in `shapes=` as the `TensorShape` which that vector spells, as
far as it is known. It returns a shape, or a list of one
for each output, and raises `ValueError` with the first half of a sentence ("Dimensions must be equal, but are 3 and
4") that `ops.node` ends with the op's name and its input shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..graph.families import Families
from ..graph.shape import TensorShape


@dataclass(frozen=True)
class Rule:
    function: Callable[..., Any]
    attrs: tuple[str, ...]  # the keyword-only names of the function
    values: frozenset[str]
    shapes: frozenset[str]
    either: frozenset[str]


RULES: dict[str, Rule] = {}


def shape_rule(
    *types: str, values: Iterable[str] = (), shapes: Iterable[str] = (), either: Iterable[str] = ()
) -> Callable[[Any], Any]:
    """Register a shape rule for each of `types`; see the module's docstring."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        code = function.__code__
        attrs = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        rule = Rule(function, attrs, frozenset(values), frozenset(shapes), frozenset(either))
        RULES.update(dict.fromkeys(types, rule))
        return function

    return register


# First the families of what optimizers, initializers, dropout and savers make without having called its function.
_FAMILIES = Families(
    __package__, RULES, "array control_flow training random math shaping state io losses sorting segment"
)


def rule_for(op_type: str) -> Rule | None:
    """The rule of an op, None if no family has one; families are imported until it is found."""
    if op_type not in RULES:
        _FAMILIES.look_for((op_type,))
    return RULES.get(op_type)


# Rules shared by families. Each takes TensorShapes and returns one.


def unchanged(first: TensorShape, *_: TensorShape) -> TensorShape:
    """The first input's shape."""
    return first


def nothing(*_: Any) -> list[TensorShape]:
    """For ops without outputs."""
    return []


def scalar(*_: TensorShape) -> TensorShape:
    return TensorShape.of(())


def merged(*shapes: TensorShape) -> TensorShape:
    """All inputs have one shape."""
    result = TensorShape(None)
    for shape in shapes:
        try:
            result = result.merge_with(shape)
        except ValueError:
            raise ValueError(_difference(result, shape)) from None
    return result


def _difference(x: TensorShape, y: TensorShape) -> str:
    """Where two shapes that must be equal are not."""
    a, b = x.as_list(), y.as_list()
    if len(a) != len(b):
        return f"Shapes must be equal rank, but are {len(a)} and {len(b)}"
    axis = next(i for i, (m, n) in enumerate(zip(a, b)) if None not in (m, n) and m != n)
    return (
        f"Dimension {axis} in both shapes must be equal, but are {a[axis]} and {b[axis]}. "
        f"Shapes are {bracketed(x)} and {bracketed(y)}."
    )


def bracketed(shape: TensorShape) -> str:
    """A shape as error messages show it: `[2,?]`."""
    if shape._dims is None:
        return "<unknown>"
    return f"[{','.join('?' if d is None else str(d) for d in shape._dims)}]"


def broadcast(*shapes: TensorShape) -> TensorShape:
    """The shape to which NumPy's rules broadcast the inputs."""
    result = shapes[0]
    for shape in shapes[1:]:
        result = _broadcast_pair(result, shape)
    return result


def _broadcast_pair(x: TensorShape, y: TensorShape) -> TensorShape:
    if x._dims is None or y._dims is None:
        return TensorShape(None)
    rank = max(len(x._dims), len(y._dims))
    a = (1,) * (rank - len(x._dims)) + x._dims
    b = (1,) * (rank - len(y._dims)) + y._dims
    return TensorShape.of(map(_broadcast_dim, a, b))


def _broadcast_dim(a: int | None, b: int | None) -> int | None:
    if a == b or b == 1:
        return a
    if a == 1:
        return b
    if a is None:
        return b  # b is above 1, so a is 1 or b
    if b is None:
        return a
    raise ValueError(f"Dimensions must be equal, but are {a} and {b}")


def same_dim(a: int | None, b: int | None) -> int | None:
    """The one size of two dimensions that must be equal."""
    if a is not None and b is not None and a != b:
        raise ValueError(f"Dimensions must be equal, but are {a} and {b}")
    return b if a is None else a


def with_rank(shape: TensorShape, rank: int) -> tuple[int | None, ...]:
    """The dims of a tensor that must have this rank."""
    if shape._dims is None:
        return (None,) * rank
    if len(shape._dims) != rank:
        raise ValueError(f"Shape must be rank {rank} but is rank {len(shape._dims)}")
    return shape._dims


def with_dim(shape: TensorShape, axis: int, dim: int | None) -> TensorShape:
    """A shape of known rank with its dimension at `axis` replaced."""
    dims = shape.as_list()
    dims[axis] = dim
    return TensorShape.of(dims)


def reduced(shape: TensorShape, axes: Any, keep_dims: bool) -> TensorShape:
    """What is left of `shape` after a reduction over `axes` (an int array, None if not known)."""
    if shape._dims is None:
        return shape
    rank = len(shape._dims)
    if axes is None:
        return TensorShape.of((None,) * rank) if keep_dims else TensorShape(None)
    gone = set()
    for axis in axes.reshape(-1).tolist():
        if not -rank <= axis < rank:
            raise ValueError(f"Invalid reduction dimension {axis} for input with {rank} dimensions.")
        gone.add(axis % rank)
    if keep_dims:
        return TensorShape.of(1 if i in gone else d for i, d in enumerate(shape._dims))
    return TensorShape.of(d for i, d in enumerate(shape._dims) if i not in gone)
