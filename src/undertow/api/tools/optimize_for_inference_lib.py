"""`tensorflow.python.tools.optimize_for_inference_lib`: a frozen graph without what only training needs."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ...graph.dtypes import as_dtype
from ...graph.from_proto import make_ndarray
from ...graph.proto import attr_value
from ..graph_util import node_name, remove_training_nodes, with_nodes
from .strip_unused_lib import strip_unused

# Where an op of batch normalization has its scale, offset, mean and variance, and the attr with its epsilon.
_NORMS = {
    "FusedBatchNorm": ((1, 2, 3, 4), "epsilon"),
    "FusedBatchNormV2": ((1, 2, 3, 4), "epsilon"),
    "FusedBatchNormV3": ((1, 2, 3, 4), "epsilon"),
    "BatchNormWithGlobalNormalization": ((4, 3, 1, 2), "variance_epsilon"),
}
_CONVOLUTIONS = ("Conv2D", "DepthwiseConv2dNative")


def optimize_for_inference(
    input_graph_def: Any,
    input_node_names: list[str],
    output_node_names: list[str],
    placeholder_type_enum: int | list[int],
    toco_compatible: bool = False,
) -> Any:
    """`strip_unused`, then `remove_training_nodes`, then `fold_batch_norms`.

    `toco_compatible` changes nothing: the ops that it rules out are not made (a resize fused with a convolution).
    """
    stripped = strip_unused(input_graph_def, input_node_names, output_node_names, placeholder_type_enum)
    return fold_batch_norms(remove_training_nodes(stripped, output_node_names))


def fold_batch_norms(input_graph_def: Any) -> Any:
    """The graph with each batch normalization of a convolution, all constants, as other weights and a BiasAdd.

    Those that are trained, or whose convolution something else reads, stay. `ValueError` if two nodes have one name.
    """
    nodes = {node.name: node for node in input_graph_def.node}
    if len(nodes) < len(input_graph_def.node):
        raise ValueError("Duplicate node names detected.")
    reads = Counter(node_name(text) for node in input_graph_def.node for text in node.input)
    outputs = {text for node in input_graph_def.node for text in node.input if ":" in text}
    made: dict[str, list[Any]] = {}  # what stands in a node's place
    for node in input_graph_def.node:
        if node.op in _NORMS and not any(text.startswith(f"{node.name}:") for text in outputs):
            made.update(_folded(node, nodes, reads))
    return with_nodes(input_graph_def, (new for node in input_graph_def.node for new in made.get(node.name, [node])))


def _folded(norm: Any, nodes: dict[str, Any], reads: Counter[str]) -> dict[str, list[Any]]:
    """The nodes that stand for a normalization, and for the weights before it; nothing if it cannot be folded."""
    places, epsilon = _NORMS[norm.op]
    conv = nodes.get(norm.input[0])
    parts = [nodes.get(norm.input[i]) for i in places]
    if conv is None or conv.op not in _CONVOLUTIONS or any(p is None or p.op != "Const" for p in parts):
        return {}
    weights = nodes.get(conv.input[1])
    trained = norm.attr["is_training"].b or (norm.op.startswith("Fused") and "is_training" not in norm.attr)
    if weights is None or weights.op != "Const" or trained or reads[conv.name] > 1 or reads[weights.name] > 1:
        return {}
    scale, offset, mean, variance = (make_ndarray(p.attr["value"].tensor) for p in parts if p is not None)
    if norm.op == "BatchNormWithGlobalNormalization" and not norm.attr["scale_after_normalization"].b:
        scale = np.ones_like(scale)
    factor = scale / np.sqrt(variance + np.float32(norm.attr[epsilon].f))
    values = make_ndarray(weights.attr["value"].tensor)
    shape = (1, 1, *values.shape[2:]) if conv.op == "DepthwiseConv2dNative" else (1, 1, 1, values.shape[3])
    kind = type(norm)
    bias = kind(name=f"{conv.name}_bn_offset", op="Const")
    added = kind(name=norm.name, op="BiasAdd", input=[conv.name, bias.name], device=norm.device)
    added.attr["T"].CopyFrom(conv.attr["T"])
    added.attr["data_format"].CopyFrom(conv.attr["data_format"])
    return {
        **{p.name: [] for p in parts if p is not None and reads[p.name] == 1},
        weights.name: [_constant(kind(name=weights.name, op="Const"), values * factor.reshape(shape))],
        norm.name: [_constant(bias, offset - mean * factor), added],
    }


def _constant(node: Any, value: np.ndarray[Any, Any]) -> Any:
    node.attr["dtype"].CopyFrom(attr_value(as_dtype(value.dtype)))
    node.attr["value"].CopyFrom(attr_value(value))
    return node
