"""The ops that update variables from gradients. Their functions are the registry's, their formulas the kernels'.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/ApplyAdam and its neighbours
"""

from __future__ import annotations

from collections.abc import Callable

from ..graph import dtypes
from ..graph.shape import TensorShape
from . import registry, rules
from .rules import shape_rule

DENSE = (
    "ApplyAdaMax",
    "ApplyAdadelta",
    "ApplyAdagrad",
    "ApplyAdagradDA",
    "ApplyAdagradV2",
    "ApplyAdam",
    "ApplyAdamWithAmsgrad",
    "ApplyAddSign",
    "ApplyCenteredRMSProp",
    "ApplyFtrl",
    "ApplyFtrlV2",
    "ApplyGradientDescent",
    "ApplyKerasMomentum",
    "ApplyMomentum",
    "ApplyPowerSign",
    "ApplyProximalAdagrad",
    "ApplyProximalGradientDescent",
    "ApplyRMSProp",
)
SPARSE = (
    "SparseApplyAdadelta",
    "SparseApplyAdagrad",
    "SparseApplyAdagradDA",
    "SparseApplyAdagradV2",
    "SparseApplyCenteredRMSProp",
    "SparseApplyFtrl",
    "SparseApplyFtrlV2",
    "SparseApplyKerasMomentum",
    "SparseApplyMomentum",
    "SparseApplyProximalAdagrad",
    "SparseApplyProximalGradientDescent",
    "SparseApplyRMSProp",
)
GRADIENT_INPUTS = ("grad", "delta")


def _rule(op_type: str) -> Callable[..., TensorShape]:
    """The variable and its slots are of one shape; so is the gradient, or its rows are of the shape of theirs."""
    inputs = registry.get(op_type).inputs
    alike = [i for i, arg in enumerate(inputs) if is_variable(arg)]
    gradient = next(i for i, arg in enumerate(inputs) if arg.name in GRADIENT_INPUTS)
    indices = next((i for i, arg in enumerate(inputs) if arg.name == "indices"), None)
    scalars = [i for i, arg in enumerate(inputs) if i not in (*alike, gradient, indices)]

    def rule(*shapes: TensorShape) -> TensorShape:
        var = rules.merged(*(shapes[i] for i in alike))
        if indices is None:
            var = rules.merged(var, shapes[gradient])
        elif var.ndims is not None:
            rules.merged(shapes[gradient], shapes[indices].with_rank(1).concatenate(var[1:]))
        for i in scalars:
            rules.with_rank(shapes[i], 0)
        return var

    return rule


def is_variable(arg: registry.Argument) -> bool:
    """Whether an input is a variable, by reference or by handle."""
    return arg.is_ref or arg.dtype is dtypes.resource


def both_kinds(op_type: str) -> list[str]:
    """The op for variables by reference and the one for handles; some there are only of the latter kind."""
    return [name for name in (op_type, f"Resource{op_type}") if name in registry.names()]


for _type in (*DENSE, *SPARSE):
    for _name in both_kinds(_type):
        shape_rule(_name)(_rule(_name))
