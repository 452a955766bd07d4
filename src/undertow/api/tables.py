"""What initializes the lookup tables of a graph.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/initializers/tables_initializer
"""

from __future__ import annotations

from ..graph.keys import GraphKeys
from ..graph.operation import Operation
from ..graph.scopes import get_collection
from ..ops.control_flow import group, no_op


def tables_initializer(name: str = "init_all_tables") -> Operation:
    """An op that runs what is in the collection TABLE_INITIALIZERS; one that does nothing if that is empty."""
    initializers = get_collection(GraphKeys.TABLE_INITIALIZERS)
    return group(*initializers, name=name) if initializers else no_op(name=name)


initialize_all_tables = tables_initializer
