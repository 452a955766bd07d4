"""Moving averages of variables and tensors.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/ExponentialMovingAverage
"""

from __future__ import annotations

import itertools
from typing import Any

from ...graph import dtypes, stacks
from ...graph.keys import GraphKeys
from ...graph.operation import Operation, Tensor
from ...graph.scopes import init_scope, name_scope
from ...ops import state
from ...ops.control_flow import group
from ...ops.node import convert_to_tensor, node
from ...ops.resource_variable import is_resource_variable
from .. import variables as variables_module
from ..get_variable import get_variable
from ..initializers import zeros_initializer
from ..variable_scope import get_variable_scope, variable_scope
from ..variables import Variable
from . import slot_creator


def assign_moving_average(
    variable: Any, value: Any, decay: Any, zero_debias: bool = True, name: str | None = None
) -> Tensor:
    """Move `variable` towards `value`: `variable -= (1 - decay) * (variable - value)`.

    With `zero_debias` the variable, which must start at 0, is scaled up as if it had not; two variables, `biased` and
    `local_step`, are made beside it for that.
    """
    with name_scope(name, "AssignMovingAvg", [variable, value, decay]) as scope:
        rate = convert_to_tensor(1.0 - decay, name="decay")
        if rate.dtype.base_dtype != variable.dtype.base_dtype:
            rate = node("Cast", rate, DstT=variable.dtype.base_dtype)
        if not zero_debias:
            delta = (_now(variable) - value) * rate
            with _with(variable):
                return state.assign_sub(variable, delta, name=scope)
        return _unbiased(variable, value, rate, scope)


def _unbiased(variable: Any, value: Any, rate: Tensor, scope: str) -> Tensor:
    with variable_scope(variable.op.name, values=[variable, value, rate], auxiliary_name_scope=False):
        with init_scope(), _with(variable):
            told: dict[str, Any] = {"dtype": variable.dtype.base_dtype, "trainable": False}
            told["initializer"] = zeros_initializer()
            biased = get_variable(_free("biased"), shape=variable.get_shape(), **told)
            local_step = get_variable(_free("local_step"), shape=[], **told)
    delta = (_now(biased) - value) * rate
    with _with(variable):
        moved = state.assign_sub(biased, delta)
        with name_scope("AssignAdd") as inner:
            one = convert_to_tensor(1, dtype=local_step.dtype.base_dtype, name="value")
            steps = state.assign_add(local_step, one, name=inner)
    factor = 1 - node("Pow", 1.0 - rate, steps)
    fresh = moved / factor
    with _with(variable):
        return state.assign(variable, fresh, name=scope)


def _free(name: str) -> str:
    """`name`, or `name_1` … if the variable scope has it already and does not reuse."""
    scope = get_variable_scope()
    if scope.reuse:
        return name
    taken = {v.op.name for v in scope.global_variables()}
    names = itertools.chain([name], (f"{name}_{i}" for i in itertools.count(1)))
    return next(n for n in names if f"{scope.name}/{n}" not in taken)


def _with(variable: Any) -> Any:
    return stacks.get_default_graph().colocate_with(variable.op)


def _now(value: Any) -> Any:
    """What a variable holds at this point of the program: after the control dependencies in force, if there are any."""
    by_reference = isinstance(value, Variable) and not is_resource_variable(value)
    if by_reference and stacks.get_default_graph()._thread.control_stack:
        return value.read_value()
    return value


def weighted_moving_average(
    value: Tensor, decay: Any, weight: Tensor, truediv: bool = True, collections: Any = None, name: str | None = None
) -> Tensor:
    """The moving average of `value` weighted by `weight`: that of their product over that of the weight."""
    collections = [GraphKeys.GLOBAL_VARIABLES] if collections is None else collections
    with variable_scope(name, "WeightedMovingAvg", [value, weight, decay]) as scope:
        told: dict[str, Any] = {"dtype": value.dtype.base_dtype, "initializer": zeros_initializer(), "trainable": False}
        total = get_variable("value_x_weight", shape=value.get_shape(), collections=collections, **told)
        weights = get_variable("weight", shape=weight.get_shape(), collections=collections, **told)
        numerator = assign_moving_average(total, value * weight, decay, zero_debias=False)
        denominator = assign_moving_average(weights, weight, decay, zero_debias=False)
        return node("RealDiv" if truediv else "Div", numerator, denominator, name=scope.name)


class ExponentialMovingAverage:
    """Keeps a shadow of each variable that follows it: `shadow -= (1 - decay) * (shadow - variable)`.

    With `num_updates` the decay is at most `(1 + num_updates) / (10 + num_updates)`, so that it moves faster at first.
    With `zero_debias` the averages of tensors, which start at 0, are corrected for that.
    """

    def __init__(
        self,
        decay: Any,
        num_updates: Any = None,
        zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages: dict[Any, Variable] = {}

    @property
    def name(self) -> str:
        return self._name

    def apply(self, var_list: Any = None) -> Operation:
        """An op that updates the averages of `var_list` (variables or tensors; by default the trainable variables).

        Their shadows are made here. `TypeError` for what is not of a floating dtype.
        """
        if var_list is None:
            var_list = variables_module.trainable_variables()
        debiased = set()
        for var in var_list:
            if var.dtype.base_dtype not in (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64):
                raise TypeError(f"The variables must be half, float, or double: {var.name}")
            if var not in self._averages:
                self._averages[var] = self._shadow(var)
            if self._zero_debias and not isinstance(var, Variable):
                debiased.add(var)
        with name_scope(self._name) as scope:
            decay = convert_to_tensor(self._decay, name="decay")
            if self._num_updates is not None:
                count = _cast(self._num_updates, "num_updates")
                decay = node("Minimum", decay, (1.0 + count) / (10.0 + count))
            updates = [
                assign_moving_average(self._averages[var], _now(var), decay, zero_debias=var in debiased)
                for var in var_list
            ]
            return group(*updates, name=scope)

    def _shadow(self, var: Any) -> Variable:
        with init_scope():
            if isinstance(var, Variable):
                average = slot_creator.create_slot(var, var.initialized_value(), self._name)
                # Its average takes the variable's place in what is evaluated: both are worth keeping.
                stacks.get_default_graph().add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, var)
                return average
            on_device = var.op.type in ("Variable", "VariableV2", "VarHandleOp")
            return slot_creator.create_zeros_slot(var, self._name, colocate_with_primary=on_device)

    def average(self, var: Any) -> Variable | None:
        """The shadow of `var`, None if `apply` was not called for it."""
        return self._averages.get(var)

    def average_name(self, var: Any) -> str:
        """The name under which checkpoints have the average of `var`, whether there is one or not."""
        if var in self._averages:
            return self._averages[var].op.name
        return stacks.get_default_graph().unique_name(f"{var.op.name}/{self._name}", mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables: Any = None) -> dict[str, Variable]:
        """What to give a `Saver` that restores the averages into the variables: names of averages to variables.

        Variables without an average stand under their own name.
        """
        if moving_avg_variables is None:
            moving_avg_variables = variables_module.trainable_variables() + variables_module.moving_average_variables()
        averaged = set(moving_avg_variables)
        result = {self.average_name(v): v for v in averaged}
        names = {v.op.name for v in averaged}
        result.update({v.op.name: v for v in variables_module.global_variables() if v.op.name not in names})
        return result


def _cast(value: Any, name: str) -> Tensor:
    value = convert_to_tensor(value)
    return value if value.dtype.base_dtype == dtypes.float32 else node("Cast", value, DstT=dtypes.float32, name=name)
