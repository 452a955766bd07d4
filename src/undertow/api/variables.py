"""The functions over a graph's variables, beside `tf.Variable` and what it is told by.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/global_variables and its neighbours
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes, stacks
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from ..ops import state
from ..ops.node import node
from .variable import Variable as Variable
from .variable_modes import VariableAggregation as VariableAggregation
from .variable_modes import VariableSynchronization as VariableSynchronization
from .variable_modes import trainable_or_default as trainable_or_default


def _lister(key: str) -> Callable[..., list[Variable]]:
    def variables(scope: str | None = None) -> list[Variable]:
        return stacks.get_default_graph().get_collection(key, scope)

    variables.__name__ = variables.__qualname__ = key
    variables.__doc__ = (
        f"The default graph's variables in the collection {key!r}, with `scope` those whose name matches."
    )
    return variables


global_variables = _lister(GraphKeys.GLOBAL_VARIABLES)
trainable_variables = _lister(GraphKeys.TRAINABLE_VARIABLES)
local_variables = _lister(GraphKeys.LOCAL_VARIABLES)
model_variables = _lister(GraphKeys.MODEL_VARIABLES)
moving_average_variables = _lister(GraphKeys.MOVING_AVERAGE_VARIABLES)


def all_variables() -> list[Variable]:
    """The older name of `global_variables`."""
    return global_variables()


def variables_initializer(var_list: Any, name: str = "init") -> Operation:
    """One operation that initializes all of `var_list`."""
    from ..ops.control_flow import group

    return group(*[v.initializer for v in var_list], name=name)


def global_variables_initializer() -> Operation:
    """One operation that initializes all global variables of the default graph."""
    return variables_initializer(global_variables())


def local_variables_initializer() -> Operation:
    """One operation that initializes all local variables of the default graph."""
    return variables_initializer(local_variables())


initialize_variables = variables_initializer
initialize_all_variables = global_variables_initializer
initialize_local_variables = local_variables_initializer


def report_uninitialized_variables(var_list: Any = None, name: str = "report_uninitialized_variables") -> Tensor:
    """The names of the variables that have no value yet: a string vector, empty when all are initialized.

    `var_list` is by default all global and local variables.
    """
    from ..ops.constant import constant
    from ..ops.slicing import boolean_mask

    if var_list is None:
        var_list = global_variables() + local_variables()
    with name_scope(name):
        flags = [state.is_variable_initialized(v) for v in var_list]
        if not flags:
            return constant([], dtype=dtypes.string)
        missing = node("LogicalNot", node("Pack", flags, axis=0, name="stack"))
        names = constant([v.op.name for v in var_list])
        return boolean_mask(names, missing)


def assert_variables_initialized(var_list: Any = None) -> Any:
    """An op that fails with `FailedPreconditionError` if a variable has no value; None if there are no variables."""
    if var_list is None:
        var_list = global_variables() + local_variables()
    if not var_list:
        return None
    ranks = [node("Size", v._variable if hasattr(v, "_variable") else v) for v in var_list]
    return node("Pack", ranks, axis=0)


def is_variable_initialized(variable: Any) -> Tensor:
    """Whether `variable` has a value: a bool scalar."""
    return state.is_variable_initialized(variable)
