"""`tf.saved_model.utils`: tensors as the `TensorInfo`s of signatures, and back.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model/utils
"""

from __future__ import annotations

from typing import Any

from tensorboard.compat.proto.meta_graph_pb2 import TensorInfo
from tensorboard.compat.proto.types_pb2 import DT_INVALID

from ...graph import stacks
from ...graph.errors import unbuilt
from ...graph.graph import Graph
from ...graph.operation import Operation
from ...graph.shape import TensorShape
from ...ops.sparse_tensor import SparseTensor


def build_tensor_info(tensor: Any) -> Any:
    """The TensorInfo of a Tensor or SparseTensor: its name (or its three tensors'), dtype and static shape."""
    info = TensorInfo(dtype=tensor.dtype.as_datatype_enum, tensor_shape=TensorShape(tensor.get_shape()).as_proto())
    if isinstance(tensor, SparseTensor):
        info.coo_sparse.values_tensor_name = tensor.values.name
        info.coo_sparse.indices_tensor_name = tensor.indices.name
        info.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        info.name = tensor.name
    return info


def build_tensor_info_from_op(op: Operation) -> Any:
    """A TensorInfo that names an op and has neither dtype nor shape."""
    return TensorInfo(dtype=DT_INVALID, tensor_shape=TensorShape(None).as_proto(), name=op.name)


def get_tensor_from_tensor_info(tensor_info: Any, graph: Graph | None = None, import_scope: str | None = None) -> Any:
    """The Tensor or SparseTensor in `graph` (by default the default graph) that a TensorInfo names.

    Raises:
      KeyError: the graph has no such tensor.
      ValueError: the TensorInfo names none.
    """
    graph = graph or stacks.get_default_graph()

    def tensor(name: str) -> Any:
        return graph.get_tensor_by_name(f"{import_scope}/{name}" if import_scope else name)

    encoding = tensor_info.WhichOneof("encoding")
    if encoding == "name":
        return tensor(tensor_info.name)
    if encoding == "coo_sparse":
        sparse = tensor_info.coo_sparse
        return SparseTensor(
            tensor(sparse.indices_tensor_name),
            tensor(sparse.values_tensor_name),
            tensor(sparse.dense_shape_tensor_name),
        )
    if encoding == "composite_tensor":
        raise unbuilt("A TensorInfo of a composite tensor")
    raise ValueError(f"Invalid TensorInfo.encoding: {encoding}")
