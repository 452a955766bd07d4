"""Operations as TensorFlow's protobufs, compiled by `tensorboard`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from tensorboard.compat.proto.attr_value_pb2 import AttrValue, NameAttrList
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.node_def_pb2 import NodeDef
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

from .dtypes import DType, as_dtype
from .from_proto import VALUE_FIELDS
from .function import Function, FunctionName, PythonFunction
from .new_attrs import is_new_and_default
from .shape import TensorShape

if TYPE_CHECKING:
    from .graph import Graph
    from .operation import Operation

PRODUCER = 134  # TensorFlow 1.15's TF_GRAPH_DEF_VERSION


def tensor_proto(array: np.ndarray, dtype: DType | None = None, typed: bool = False) -> Any:
    """A NumPy array as a TensorProto; with `typed` a lone value is in the field of its type, not in bytes."""
    dtype = as_dtype(array.dtype) if dtype is None else dtype.base_dtype
    proto = TensorProto(
        dtype=dtype.as_datatype_enum,
        tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=d) for d in array.shape]),
    )
    if dtype.name == "string":
        proto.string_val.extend(s if isinstance(s, bytes) else str(s).encode() for s in array.flat)
    elif (array.size == 1 and typed) or (array.size > 1 and not any(array.strides)):  # one value, many times over too
        getattr(proto, VALUE_FIELDS[dtype.name]).extend(_parts(array.reshape(-1)[0]))
    else:
        proto.tensor_content = np.ascontiguousarray(array).tobytes()
    return proto


def _parts(value: Any) -> list[Any]:
    """A number as a TensorProto's field has it: 16-bit floats as their bits, complex ones in two parts."""
    if value.dtype.itemsize == 2 and value.dtype.kind not in "iu":
        return [int(value.view(np.uint16))]
    return [value.real.item(), value.imag.item()] if value.dtype.kind == "c" else [value.item()]


def attr_value(value: Any) -> Any:
    """An attr's Python value as an AttrValue."""
    if value is None:  # as an imported node may have it
        return AttrValue()
    if isinstance(value, AttrValue):
        return value
    if isinstance(value, (list, tuple)):
        return AttrValue(list=_list_value(list(value)))
    if isinstance(value, np.ndarray):
        return AttrValue(tensor=tensor_proto(value, typed=True))
    if isinstance(value, TensorShape):
        return AttrValue(shape=value.as_proto())
    if isinstance(value, (Function, PythonFunction)):
        return AttrValue(func=NameAttrList(name=value.name))
    if isinstance(value, FunctionName):
        return AttrValue(func=NameAttrList(name=value))
    return AttrValue(**{_field(value): _plain(value)})


def attr_as_told(value: Any) -> Any:
    """An attr's value as `Operation.get_attr` gives it."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, TensorShape):
        return value.as_proto()
    return tensor_proto(value) if isinstance(value, np.ndarray) else value


def _field(value: Any) -> str:
    for kind, field in ((bool, "b"), (int, "i"), (float, "f"), ((str, bytes), "s"), (DType, "type")):
        if isinstance(value, kind):
            return field
    raise TypeError(f"{value!r} cannot be an attr of an operation.")


def _plain(value: Any) -> Any:
    if isinstance(value, DType):
        return value.as_datatype_enum
    return value.encode() if isinstance(value, str) else value


def _list_value(items: list[Any]) -> Any:
    if items and isinstance(items[0], TensorShape):
        return AttrValue.ListValue(shape=[s.as_proto() for s in items])
    if items and isinstance(items[0], np.ndarray):
        return AttrValue.ListValue(tensor=[tensor_proto(a) for a in items])
    if not items:
        return AttrValue.ListValue()
    return AttrValue.ListValue(**{_field(items[0]): [_plain(i) for i in items]})


def node_def(op: Operation) -> Any:
    """An operation as a NodeDef."""
    node = NodeDef(name=op.name, op=op.type, device=op.device)
    node.input.extend(t._as_node_def_input() for t in op.inputs)
    node.input.extend(f"^{c.name}" for c in op._control_inputs)
    for key, value in op.attrs.items():
        if not is_new_and_default(op.type, key, value):
            node.attr[key].CopyFrom(attr_value(value))
    return node


def graph_def(graph: Graph, from_version: int | None, add_shapes: bool) -> Any:
    """A graph as a GraphDef; with `from_version` only the ops added after it."""
    result = GraphDef()
    result.versions.producer = PRODUCER
    for op in graph.get_operations()[from_version or 0 :]:
        node = node_def(op)
        if add_shapes and op.outputs:
            node.attr["_output_shapes"].CopyFrom(attr_value([t.shape for t in op.outputs]))
        result.node.append(node)
    return result
