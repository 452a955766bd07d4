"""A layer's weights and outputs, found in a session's graph by the layer's name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import numpy as np

_KERNEL_NAMES = ("kernel", "weights", "depthwise_kernel")  # of tf.layers, contrib.layers, separable convolutions
_VARIABLE_TYPES = frozenset({"Variable", "VariableV2", "VarHandleOp"})


def layer_kernel(session: Any, layer: str) -> np.ndarray:
    """The value in `session` of the kernel of the layer of that name.

    Raises:
      ValueError: the graph has no such layer, or it has no kernel; layers of similar names are named.
    """
    ops = {op.name: op for op in session.graph.get_operations()}
    for kernel in _KERNEL_NAMES:
        variable = ops.get(f"{layer}/{kernel}")
        if variable is not None:
            read = "/Read/ReadVariableOp:0" if variable.type == "VarHandleOp" else ":0"
            return np.asarray(session.run(session.graph.get_tensor_by_name(variable.name + read)))
    layers = [name.rpartition("/")[0] for name, op in ops.items() if _is_kernel(op)]
    raise ValueError(f"the graph has no layer {layer!r} with a kernel{_similar(layer, layers)}")


def layer_output(session: Any, layer: Any, feed_dict: Mapping[Any, Any] | None = None) -> np.ndarray:
    """What the layer of that name puts out in `session`.

    That is the last operation made under the layer's name whose result is a batch of floats: its activation, if it has
    one. A layer that was applied twice put its second output under `<name>_1`.

    Args:
      session: a session.
      layer: the layer's name; or a tensor, or its name ("conv1/Relu:0"), to be had as it is.
      feed_dict: what the graph needs, as for `session.run`.

    Raises:
      ValueError: the graph has no such layer; layers of similar names are named.
    """
    if not isinstance(layer, str) or ":" in layer:
        return np.asarray(session.run(layer, feed_dict=feed_dict))
    outputs = _outputs(session.graph)
    under = [op for op in outputs if op.name == layer or op.name.startswith(layer + "/")]
    if not under:
        scopes = [scope for op in outputs for scope in _scopes(op.name)[:-1] or [op.name]]
        raise ValueError(f"the graph has no layer {layer!r}{_similar(layer, scopes)}")
    return np.asarray(session.run(under[-1].outputs[0], feed_dict=feed_dict))


def _is_kernel(op: Any) -> bool:
    return op.type in _VARIABLE_TYPES and op.name.rpartition("/")[2] in _KERNEL_NAMES


def _outputs(graph: Any) -> list[Any]:
    """The operations, in the order they were made, that a layer's output could be."""
    ops = graph.get_operations()
    variables = {op.name for op in ops if op.type in _VARIABLE_TYPES}
    return [op for op in ops if _is_batch_of_floats(op) and variables.isdisjoint(_scopes(op.name))]


def _is_batch_of_floats(op: Any) -> bool:
    if not op.outputs or op.type.startswith(("Assign", "Placeholder")):
        return False
    rank = op.outputs[0].shape.ndims
    return op.outputs[0].dtype.is_floating and (rank is None or rank >= 2)


def _scopes(name: str) -> list[str]:
    """The name and every scope that it is in: "a/b/c" is in "a/b" and "a"."""
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _similar(name: str, names: list[str]) -> str:
    """A hint at the names that are like `name`, or else at the outermost of them."""
    names = list(dict.fromkeys(names))
    close = difflib.get_close_matches(name, names, n=3)
    if close:
        return "; did you mean " + " or ".join(repr(match) for match in close) + "?"
    outermost = [known for known in names if not set(_scopes(known)[:-1]) & set(names)]
    return "; it has " + ", ".join(repr(known) for known in outermost[:8]) if outermost else ""
