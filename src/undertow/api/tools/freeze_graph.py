"""`tensorflow.python.tools.freeze_graph`: a graph and a checkpoint as one GraphDef, the variables being constants."""

from __future__ import annotations

from typing import Any

from ...graph.graph import Graph
from ...graph.operation import Operation
from ...ops.control_flow import group
from ...ops.importer import import_graph_def
from ...ops.node import node
from ...runtime.session import Session
from ..graph_util import convert_variables_to_constants
from ..train.checkpoint_management import checkpoint_exists
from ..train.checkpoint_utils import NewCheckpointReader
from ..train.meta_graph import import_meta_graph
from ..train.saver import Saver
from .flags import run_with_flags
from .graph_files import read_graph, read_message, write_graph


def freeze_graph(
    input_graph: str,
    input_saver: str,
    input_binary: bool,
    input_checkpoint: str,
    output_node_names: str,
    restore_op_name: str | None,
    filename_tensor_name: str | None,
    output_graph: str,
    clear_devices: bool,
    initializer_nodes: str,
    variable_names_whitelist: str = "",
    variable_names_blacklist: str = "",
    input_meta_graph: str | None = None,
    input_saved_model_dir: str | None = None,
    saved_model_tags: str = "serve",
    checkpoint_version: int = 2,
) -> Any:
    """Freeze a graph file with the checkpoint `input_checkpoint`; the frozen GraphDef, written to `output_graph` too.

    The graph is in `input_graph`, in the MetaGraphDef `input_meta_graph` or in the SavedModel `input_saved_model_dir`;
    `input_binary` says of which kind a graph's or SaverDef's file is. Names are separated by commas. With
    `input_saver` its nodes restore the checkpoint, else every variable that is in the checkpoint is restored by name.
    `restore_op_name` and `filename_tensor_name` are not used.

    Raises:
      OSError: a file is not there.
      ValueError: a file is none of its kind, there is no such checkpoint, or no output is named.
      AssertionError: an output is not in the graph.
    """
    saved: dict[str, Any] = {"graph": None, "meta": None, "saver": None}
    if input_saved_model_dir:
        from ..saved_model.loader import SavedModelLoader

        saved["meta"] = SavedModelLoader(input_saved_model_dir).get_meta_graph_def_from_tags(_names(saved_model_tags))
    elif input_graph:
        saved["graph"] = read_graph(input_graph, input_binary)
    elif input_meta_graph:
        from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

        saved["meta"] = read_message(input_meta_graph, MetaGraphDef, input_binary, "Input meta graph file")
    if input_saver:
        from tensorboard.compat.proto.saver_pb2 import SaverDef

        saved["saver"] = read_message(input_saver, SaverDef, input_binary, "Input saver file")
    return freeze_graph_with_def_protos(
        saved["graph"],
        saved["saver"],
        input_checkpoint,
        output_node_names,
        restore_op_name,
        filename_tensor_name,
        output_graph,
        clear_devices,
        initializer_nodes,
        variable_names_whitelist,
        variable_names_blacklist,
        saved["meta"],
        input_saved_model_dir,
        _names(saved_model_tags),
        checkpoint_version,
    )


def freeze_graph_with_def_protos(
    input_graph_def: Any,
    input_saver_def: Any,
    input_checkpoint: str,
    output_node_names: str,
    restore_op_name: str | None,
    filename_tensor_name: str | None,
    output_graph: str,
    clear_devices: bool,
    initializer_nodes: str,
    variable_names_whitelist: str = "",
    variable_names_blacklist: str = "",
    input_meta_graph_def: Any = None,
    input_saved_model_dir: str | None = None,
    saved_model_tags: Any = None,
    checkpoint_version: int = 2,
) -> Any:
    """`freeze_graph` of messages that are read already; the same arguments, and errors."""
    if not input_saved_model_dir and not checkpoint_exists(input_checkpoint):
        raise ValueError(f"Input checkpoint '{input_checkpoint}' doesn't exist!")
    if not output_node_names:
        raise ValueError("You need to supply the name of a node to --output_node_names.")
    definition = input_graph_def if input_meta_graph_def is None else input_meta_graph_def.graph_def
    if clear_devices:
        definition = type(definition).FromString(definition.SerializeToString())
        for item in definition.node:
            item.device = ""
    graph = Graph()
    with graph.as_default(), Session(graph=graph) as session:
        if input_saved_model_dir:
            from ..saved_model.loader import load

            load(session, saved_model_tags, input_saved_model_dir)
        elif input_meta_graph_def is not None:
            import_meta_graph(input_meta_graph_def, clear_devices=True).restore(session, input_checkpoint)
        else:
            import_graph_def(definition, name="")
            if input_saver_def is not None:
                Saver(saver_def=input_saver_def).restore(session, input_checkpoint)
            else:
                session.run(_restore(graph, input_checkpoint))
        if initializer_nodes:
            session.run(_names(initializer_nodes))
        result = convert_variables_to_constants(
            session,
            definition,
            _names(output_node_names),
            _names(variable_names_whitelist) or None,
            _names(variable_names_blacklist) or None,
        )
    if output_graph:
        write_graph(output_graph, result)
    return result


def _names(text: str) -> list[str]:
    """The names of a list as the tool takes it."""
    return [name for name in text.replace(" ", "").split(",") if name]


def _restore(graph: Graph, checkpoint: str) -> Operation:
    """What restores the variables of a graph that are in a checkpoint, by name; `ValueError` if there is none."""
    names = NewCheckpointReader(checkpoint).get_variable_to_shape_map()
    kinds = ("VariableV2", "Variable", "VarHandleOp")
    there = [op for op in graph.get_operations() if op.type in kinds and op.name in names]
    if not there:
        raise ValueError(f"No variable of the graph is in the checkpoint '{checkpoint}'.")
    dtypes = [op.get_attr("dtype") for op in there]
    values = node("RestoreV2", checkpoint, [op.name for op in there], [""] * len(there), dtypes=dtypes)
    assigned = []
    for op, value in zip(there, values):
        kind = "AssignVariableOp" if op.type == "VarHandleOp" else "Assign"
        assigned.append(node(kind, op.outputs[0], value))
    return group(*assigned)


if __name__ == "__main__":
    run_with_flags(freeze_graph, clear_devices=True)
