"""`tf.train.write_graph`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/write_graph
"""

from __future__ import annotations

import os
from typing import Any

from ..graph.graph import Graph
from . import file_io


def write_graph(graph_or_graph_def: Any, logdir: Any, name: str, as_text: bool = True) -> str:
    """Write a Graph or GraphDef to the file `name` in the folder `logdir`, whole or not at all; returns its path.

    As text (a pbtxt), or as a message's bytes. The folder is made if it is not there.
    """
    from google.protobuf import text_format

    definition = graph_or_graph_def.as_graph_def() if isinstance(graph_or_graph_def, Graph) else graph_or_graph_def
    if not hasattr(definition, "DESCRIPTOR"):
        raise TypeError(f"write_graph() writes a Graph or a GraphDef, not {type(graph_or_graph_def).__name__}")
    file_io.recursive_create_dir(logdir)
    path = os.path.join(file_io.local_path(logdir), name)
    data = text_format.MessageToString(definition) if as_text else definition.SerializeToString(deterministic=True)
    file_io.write_string_to_file(path, data)
    return path
