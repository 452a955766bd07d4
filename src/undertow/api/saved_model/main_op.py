"""`tf.saved_model.main_op`: ops that initialize a model when it is loaded.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model/main_op
"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Operation
from ...graph.scopes import control_dependencies
from ...ops.control_flow import group
from ..tables import tables_initializer
from ..variables import global_variables_initializer, local_variables_initializer


def main_op() -> Operation:
    """One op that initializes all variables, the local ones too, and all tables."""
    return group(global_variables_initializer(), local_variables_initializer(), tables_initializer())


def main_op_with_restore(restore_op_name: Any) -> Operation:
    """As `main_op`, and then runs the op that restores."""
    with control_dependencies([main_op()]):
        return group(restore_op_name)
