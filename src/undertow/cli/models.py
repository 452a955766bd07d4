"""The models that `undertow export` reads: a checkpoint with its graph, a frozen graph, a SavedModel."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from undertow.api.saved_model.loader import SavedModelLoader, maybe_saved_model_directory
from undertow.api.saved_model.signature_constants import DEFAULT_SERVING_SIGNATURE_DEF_KEY
from undertow.api.saved_model.tag_constants import SERVING
from undertow.api.tools.graph_files import read_graph
from undertow.api.train.checkpoint_management import latest_checkpoint
from undertow.api.train.meta_graph import import_meta_graph
from undertow.graph.errors import InvalidArgumentError
from undertow.graph.graph import Graph
from undertow.graph.operation import Operation, Tensor
from undertow.ops.importer import import_graph_def
from undertow.runtime.session import Session

# A tensor that nothing reads may be an output, unless it was made to train, to save or to report.
_NO_OUTPUT = ("save", "gradients", "report_uninitialized_variables")
_PLACEHOLDERS = ("Placeholder", "PlaceholderV2")
_NO_RESULT = ("Const", "Shape", "Size", "Rank", *_PLACEHOLDERS, "VariableV2", "Variable", "VarHandleOp")


@dataclass
class Model:
    """A graph with its variables in a session, and what it is called with if its file tells."""

    session: Session
    checkpoint: str | None  # the prefix of its variables' checkpoint
    inputs: list[str]
    outputs: list[str]

    @property
    def graph(self) -> Graph:
        return self.session.graph


def read_model(path: str) -> Model:
    """The model in a file or folder: a checkpoint (its prefix, `.meta`, `.index` or folder), a `.pb`, a SavedModel.

    Raises:
      InvalidArgumentError: it is none of these, or a checkpoint has no `.meta` beside it.
      OSError, ValueError, OpError: it cannot be read or is broken.
    """
    if os.path.isdir(path) and maybe_saved_model_directory(path):
        return _saved_model(path)
    prefix = checkpoint_prefix(path)
    if prefix is not None:
        return _checkpoint(prefix)
    if not os.path.isfile(path):
        raise InvalidArgumentError(None, None, f"{path}: there is no checkpoint, graph or SavedModel of that name.")
    session = Session(graph=Graph())
    with session.graph.as_default():
        import_graph_def(read_graph(path, binary=not path.endswith(".pbtxt")), name="")
    return Model(session, None, [], [])


def checkpoint_prefix(path: str) -> str | None:
    """The prefix of the checkpoint that `path` names, None if it names none."""
    if os.path.isdir(path):
        return latest_checkpoint(path)
    for ending in (".meta", ".index"):
        if path.endswith(ending):
            path = path[: -len(ending)]
    v1 = os.path.isfile(path) and os.path.exists(f"{path}.meta")
    return path if v1 or os.path.exists(f"{path}.index") else None


def _checkpoint(prefix: str) -> Model:
    if not os.path.exists(f"{prefix}.meta"):
        raise InvalidArgumentError(None, None, f"{prefix}: a checkpoint's graph is in its .meta, and there is none.")
    session = Session(graph=Graph())
    with session.graph.as_default():
        saver = import_meta_graph(f"{prefix}.meta", clear_devices=True)
        if saver is None:
            raise InvalidArgumentError(None, None, f"{prefix}.meta: the graph has no variables to restore.")
        saver.restore(session, prefix)
    return Model(session, prefix, [], [])


def _saved_model(folder: str) -> Model:
    loader = SavedModelLoader(folder)
    tag_sets = [list(meta.meta_info_def.tags) for meta in loader.saved_model_proto.meta_graphs]
    tags = [SERVING] if [SERVING] in tag_sets or len(tag_sets) != 1 else tag_sets[0]
    session = Session(graph=Graph())
    meta = loader.load(session, tags)
    names = [n for n in meta.signature_def if not n.startswith("__")]
    chosen = DEFAULT_SERVING_SIGNATURE_DEF_KEY if DEFAULT_SERVING_SIGNATURE_DEF_KEY in names else (names or [None])[0]
    if chosen is None:
        return Model(session, loader.variables_path, [], [])
    signature = meta.signature_def[chosen]
    inputs, outputs = ([info.name for _, info in sorted(s.items())] for s in (signature.inputs, signature.outputs))
    return Model(session, loader.variables_path, inputs, outputs)


def tensors(model: Model, names: list[str]) -> list[Tensor]:
    """The tensors of these names (`x:0`, or `x` for an op's only output)."""
    found = []
    for name in names:
        element: Any = model.graph.as_graph_element(name)
        if isinstance(element, Operation):
            if len(element.outputs) != 1:
                raise ValueError(f"The operation {name!r} has {len(element.outputs)} outputs: name one, {name}:0.")
            element = element.outputs[0]
        found.append(element)
    return found


def likely_output(model: Model) -> list[str]:
    """The only tensor that the graph can be there for.

    Raises:
      InvalidArgumentError: there are several, or none.
    """
    ends = [op.outputs[0].name for op in model.graph.get_operations() if _is_end(op)]
    if len(ends) != 1:
        told = (
            "no tensor" if not ends else ", ".join(ends[:6]) + (f" and {len(ends) - 6} more" if len(ends) > 6 else "")
        )
        raise InvalidArgumentError(None, None, f"say which --outputs to export: the graph ends in {told}")
    return ends


def _is_end(op: Operation) -> bool:
    if len(op.outputs) != 1 or op.type in _NO_RESULT:
        return False
    if op.name.split("/")[0].startswith(_NO_OUTPUT) or op.outputs[0].dtype._is_ref_dtype:
        return False
    numbers = op.outputs[0].dtype.base_dtype.name not in ("string", "resource", "variant")
    return numbers and not op.outputs[0].consumers() and bool(needed_inputs(op.outputs))


def needed_ops(outputs: list[Tensor]) -> list[Operation]:
    """The operations that these need, in the order in which they were made."""
    seen: set[Operation] = set()
    stack = [t.op for t in outputs]
    while stack:
        op = stack.pop()
        if op not in seen:
            seen.add(op)
            stack.extend(t.op for t in op.inputs)
    return sorted(seen, key=lambda op: op._id)


def needed_inputs(outputs: list[Tensor]) -> list[Tensor]:
    """The placeholders that these need."""
    return [op.outputs[0] for op in needed_ops(outputs) if op.type in _PLACEHOLDERS]
