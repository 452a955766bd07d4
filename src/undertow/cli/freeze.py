"""`undertow freeze`: a model in a file as one GraphDef without variables."""

from __future__ import annotations

from undertow.api.graph_util import convert_variables_to_constants, node_name
from undertow.api.tools.graph_files import write_graph
from undertow.cli.models import likely_output, needed_inputs, read_model, tensors
from undertow.cli.program import refuse
from undertow.graph.errors import OpError


def freeze(path: str, out: str, outputs: list[str]) -> None:
    """Write what the `outputs` of the model in `path` need to `out`, as text if that is a .pbtxt, and say what it was.

    Raises:
      SystemExit: with 1 and a sentence on stderr, if something is wrong; `out` is then as it was.
    """
    try:
        model = read_model(path)
        fetches = tensors(model, outputs or model.outputs or likely_output(model))
        whole = model.graph.as_graph_def()
        frozen = convert_variables_to_constants(model.session, whole, list({node_name(t.name) for t in fetches}))
        write_graph(out, frozen, binary=not out.endswith(".pbtxt"))
    except OpError as error:
        refuse(error.message, code=1)
    except (OSError, ValueError, TypeError, KeyError, AssertionError) as error:
        refuse(f"{path}: {error.args[0] if isinstance(error, KeyError) else error}", code=1)
    was = {node.name: node.op for node in whole.node}
    count = sum(node.op == "Const" and was.get(node.name) not in ("Const", None) for node in frozen.node)
    inputs = [t.name for t in needed_inputs(fetches)]
    print(f"inputs {', '.join(inputs) or 'none'}; outputs {', '.join(t.name for t in fetches)}")
    print(f"{len(frozen.node)} of {len(whole.node)} nodes, {count} of them variables that are constants now")
    print(f"wrote {out}")
