"""A graph as a `torch.nn.Module`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from ..graph import errors
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..kernels.values import to_torch as tensor_of
from ..runtime.fetches import feed_value, flatten_fetches
from .exported import ExportedModule, attach
from .refusals import Refused
from .translate import Translation, used_attributes


def to_torch(
    fetches: Any, feeds: Sequence[Any], session: Any, constants: Mapping[Any, Any] | None = None
) -> ExportedModule:
    """What computes `fetches` from `feeds` in the session's graph, as a `torch.nn.Module`.

    The module takes the feeds in their order, as tensors, and gives the fetches in the structure that they have here
    (a tensor, or lists, tuples and dicts of them). Its `code` has a line for each op, called by the op's name.
    Trainable variables are its parameters, other variables and constants its buffers, with the session's values and at
    their own names: `conv1/kernel` is `conv1.kernel`.

    Ops become plain calls of torch, or of the few functions in `undertow.export.functions`, which need torch alone; an
    op that has no such spelling calls its kernel by `undertow.export.leaf`, and then Undertow must be there. A
    while_loop is a submodule that loops in Python; of a `tf.cond` both branches are computed and one is chosen. Where
    the graph draws random numbers, in a dropout, the module draws from torch's generator. Dependencies that only order
    (`tf.control_dependencies`) are left out, updates of moving averages with them.

    Args:
      fetches: tensors or their names, or lists, tuples and dicts of them.
      feeds: tensors or their names, placeholders usually.
      session: the session whose graph and variables they are.
      constants: values for tensors that are to be no argument of the module, `{is_training: False}`.

    Raises:
      errors.UnimplementedError: an op cannot be part of a module (strings, queues, gradients, assignments).
      ValueError: a name is not in the graph, a feed is twice among them.
      errors.FailedPreconditionError: a variable has no value yet.
    """
    graph = session.graph
    elements, rebuild = flatten_fetches(graph, fetches)
    if operations := [e.name for e in elements if isinstance(e, Operation)]:
        raise ValueError(f"{operations[0]!r} is an operation: a module gives tensors.")
    inputs = [graph.as_graph_element(feed, allow_operation=False) for feed in feeds]
    fixed: dict[Tensor, np.ndarray] = {}
    for key, value in (constants or {}).items():
        tensor = graph.as_graph_element(key, allow_operation=False)
        fixed[tensor] = np.asarray(feed_value(tensor, value))
    if len({*inputs, *fixed}) < len(inputs) + len(fixed):
        raise ValueError("A tensor is twice among the feeds and constants.")
    part = Translation(fixed)
    names = [t.op.name if t.value_index == 0 else f"{t.op.name}_{t.value_index}" for t in inputs]
    try:
        part.finish(rebuild(part.build(inputs, elements, names)))
    except Refused as refused:
        raise errors.UnimplementedError(None, refused.op, str(refused)) from None
    module = ExportedModule(_with_weights(part, session), part.graph)
    _describe(module, part, inputs, elements)
    return module


def _with_weights(part: Translation, session: Any) -> torch.nn.Module:
    """The module's tree: the variables' values from the session, the constants, the loops."""
    root = torch.nn.Module()
    paths = used_attributes(part.graph)
    variables = {p: c for p in paths if isinstance(c := part.attributes[p], Tensor)}
    values = session.run(variables)
    trainable = {part.paths.of(v.op.name) for v in session.graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)}
    for path in paths:
        content = values[path] if path in values else part.attributes[path]
        tensor = tensor_of(np.asarray(content)).clone()
        learns = path in variables and path in trainable and tensor.is_floating_point()
        attach(root, path, tensor, learns)
    for path in [str(node.target) for node in part.graph.nodes if node.op == "call_module"]:
        attach(root, path, part.modules[path])
    return root


def _describe(module: ExportedModule, part: Translation, inputs: list[Tensor], outputs: list[Tensor]) -> None:
    used = used_attributes(part.graph)
    module.meta["tensorflow_names"] = {path: name for name, path in part.paths.names.items() if path in used}
    module.meta["inputs"] = [t.name for t in inputs]
    module.meta["outputs"] = [t.name for t in outputs]
