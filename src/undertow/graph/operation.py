"""`tf.Operation` and `tf.Tensor`: the nodes of a graph and what flows between them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Operation and …/tf/Tensor
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from . import stacks
from .dtypes import DType
from .errors import OperatorNotAllowedInGraphError
from .operators import Operators
from .shape import TensorShape

if TYPE_CHECKING:
    from .graph import Graph

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def _caller() -> tuple[str, int] | None:
    """The file and line of the program that is building a node: the innermost frame that is not ours."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((_PACKAGE, "<frozen")) and not file.endswith("contextlib.py"):
            return file, frame.f_lineno
        frame = frame.f_back
    return None


def _difference(x: tuple[int | None, ...], y: tuple[int | None, ...]) -> str:
    """What two shapes do not agree in, in the words of TensorFlow's shape functions."""
    if len(x) != len(y):
        return f"Shapes must be equal rank, but are {len(x)} and {len(y)}"
    at = next(i for i, (a, b) in enumerate(zip(x, y)) if None not in (a, b) and a != b)
    shapes = [f"[{','.join('?' if d is None else str(d) for d in dims)}]" for dims in (x, y)]
    return (
        f"Dimension {at} in both shapes must be equal, but are {x[at]} and {y[at]}. Shapes are {shapes[0]} and "
        f"{shapes[1]}."
    )


class Tensor(Operators):
    """One output of an operation: what will be computed, its dtype and what is known of its shape."""

    __array_priority__ = 100  # so that `ndarray + tensor` is the tensor's to answer

    def __init__(self, op: Operation, value_index: int, dtype: DType, shape: TensorShape) -> None:
        self._op = op
        self._value_index = value_index
        self._dtype = dtype
        self._shape = shape
        self._consumers: list[Operation] = []

    @property
    def op(self) -> Operation:
        return self._op

    @property
    def graph(self) -> Graph:
        return self._op.graph

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def name(self) -> str:
        return f"{self._op.name}:{self._value_index}"

    @property
    def device(self) -> str:
        return self._op.device

    @property
    def value_index(self) -> int:
        return self._value_index

    @property
    def shape(self) -> TensorShape:
        return self._shape

    def get_shape(self) -> TensorShape:
        return self._shape

    @property
    def _id(self) -> tuple[int, int]:
        """What orders the tensors of a graph as they were made."""
        return self._op._id, self._value_index

    def _shape_as_list(self) -> list[int | None] | None:
        return None if self._shape._dims is None else list(self._shape._dims)

    def set_shape(self, shape: Any) -> None:
        """Add to what is known of the shape; `ValueError` if it contradicts."""
        shape = shape if isinstance(shape, TensorShape) else TensorShape(shape)
        if not self._shape.is_compatible_with(shape):
            raise ValueError(_difference(self._shape._dims or (), shape._dims or ()))
        self._shape = self._shape.merge_with(shape)
        self.graph.forget_plans()

    def consumers(self) -> list[Operation]:
        """The operations that read this tensor."""
        return list(self._consumers)

    def eval(self, feed_dict: dict[Any, Any] | None = None, session: Any = None) -> Any:
        """Evaluate this tensor in `session` (else the default one): a NumPy array or scalar."""
        return stacks.session_for(self.graph, session, "evaluate tensor", "eval").run(self, feed_dict)

    def _as_node_def_input(self) -> str:
        return self._op.name if self._value_index == 0 else self.name

    def __str__(self) -> str:
        shape = "" if self._shape.ndims is None else f", shape={self._shape}"
        device = f", device={self.device}" if self.device else ""
        return f'Tensor("{self.name}"{shape}, dtype={self._dtype.name}{device})'

    def __repr__(self) -> str:
        return f"<tf.Tensor {self.name!r} shape={self._shape} dtype={self._dtype.name}>"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        return self

    def __iter__(self) -> Iterator[Tensor]:
        raise OperatorNotAllowedInGraphError(
            "iterating over `tf.Tensor` is not allowed in Graph execution. Use tf.map_fn, or tf.unstack it."
        )

    def __len__(self) -> int:
        raise TypeError(
            f"len is not well defined for symbolic Tensors. ({self.name}) Please call `x.shape` rather than `len(x)` "
            "for shape information."
        )

    def __bool__(self) -> bool:
        raise OperatorNotAllowedInGraphError(
            "using a `tf.Tensor` as a Python `bool` is not allowed in Graph execution. Use `if t is not None:` to test "
            "if a tensor is defined, and tf.cond for what depends on its value."
        )

    __nonzero__ = __bool__

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError(f"Cannot convert a symbolic Tensor ({self.name}) to a numpy array.")


class Operation:
    """A node of the graph: its type in TensorFlow's registry, its inputs and attrs, its outputs.

    Made by `Graph.create_op`, never directly.
    """

    _own_gradient: Any = None  # see `ops.own_gradients`

    def __init__(
        self,
        graph: Graph,
        type: str,
        name: str,
        inputs: tuple[Tensor, ...],
        control_inputs: list[Operation],
        attrs: dict[str, Any],
        device: str,
    ) -> None:
        self._graph = graph
        self._type = type
        self._name = name
        self._inputs = inputs
        self._control_inputs = control_inputs
        self._attrs = attrs
        self._device = device
        self._outputs: list[Tensor] = []
        self._made_at = _caller()
        self._control_flow_context: Any = None
        self._original_op: Operation | None = None
        self._id = 0

    @property
    def graph(self) -> Graph:
        return self._graph

    @property
    def type(self) -> str:
        return self._type

    @property
    def name(self) -> str:
        return self._name

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        return self._inputs

    @property
    def control_inputs(self) -> list[Operation]:
        return list(self._control_inputs)

    @property
    def outputs(self) -> list[Tensor]:
        return self._outputs

    @property
    def device(self) -> str:
        return self._device

    @property
    def attrs(self) -> dict[str, Any]:
        """Every attr by name, as Python values (a DType, a TensorShape, an array …). Not to be changed."""
        return self._attrs

    @property
    def op_def(self) -> Any:
        """What its type takes and gives, as an OpDef protobuf."""
        return self._graph._op_def(self._type)

    @property
    def node_def(self) -> Any:
        from .proto import node_def

        return node_def(self)

    @property
    def traceback(self) -> list[tuple[str, int]]:
        return [self._made_at] if self._made_at else []

    def made_at(self) -> str:
        """Where the program made this op, `file:line`, or nothing if that is not known."""
        return f"{self._made_at[0]}:{self._made_at[1]}" if self._made_at else ""

    def colocation_groups(self) -> list[bytes]:
        """The names of the ops that this one shares a device with, itself if with none."""
        groups = [g for g in self._attrs.get("_class", ()) if g.startswith(b"loc:@")]
        return groups or [b"loc:@" + self._name.encode()]

    def values(self) -> tuple[Tensor, ...]:
        return tuple(self._outputs)

    def get_attr(self, name: str) -> Any:
        """The value of attr `name`, strings as bytes, shapes and tensors as their messages.

        `ValueError` if there is none of that name.
        """
        try:
            value = self._attrs[name]
        except KeyError:
            raise ValueError(f"Operation {self._name!r} has no attr named {name!r}.") from None
        from .proto import attr_as_told

        return [attr_as_told(item) for item in value] if isinstance(value, list) else attr_as_told(value)

    def run(self, feed_dict: dict[Any, Any] | None = None, session: Any = None) -> None:
        """Run this operation in `session`, else in the default one."""
        stacks.session_for(self._graph, session, "execute operation", "run").run(self, feed_dict)

    def _set_attr(self, name: str, value: Any) -> None:
        self._attrs[name] = value
        self._graph.forget_plans()

    def _set_device(self, device: str) -> None:
        self._device = device
        self._graph.forget_plans()

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def _add_control_inputs(self, ops: list[Operation]) -> None:
        self._control_inputs.extend(op for op in ops if op not in self._control_inputs)
        self._graph.forget_plans()

    def _update_input(self, index: int, tensor: Tensor) -> None:
        old = self._inputs[index]
        self._inputs = (*self._inputs[:index], tensor, *self._inputs[index + 1 :])
        if all(t is not old for t in self._inputs):
            old._consumers.remove(self)
        tensor._consumers.append(self)
        self._graph.forget_plans()

    def __str__(self) -> str:
        return str(self.node_def)

    def __repr__(self) -> str:
        return f"<tf.Operation {self._name!r} type={self._type}>"

    def __copy__(self) -> Operation:
        return self

    def __deepcopy__(self, memo: Any) -> Operation:
        return self
