"""The ops that update variables from gradients. Their functions are the registry's, their formulas the kernels'.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/ApplyAdam and its neighbours
"""

from __future__ import annotations

from collections.abc import Callable

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
    "ApplyAddSign",
    "ApplyCenteredRMSProp",
    "ApplyFtrl",
    "ApplyFtrlV2",
    "ApplyGradientDescent",
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
    "SparseApplyMomentum",
    "SparseApplyProximalAdagrad",
    "SparseApplyProximalGradientDescent",
    "SparseApplyRMSProp",
)
GRADIENT_INPUTS = ("grad", "delta")


def _rule(op_type: str) -> Callable[..., TensorShape]:
    """The variable and its slots are of one shape; so is the gradient, or its rows are of the shape of theirs."""
    inputs = registry.get(op_type).inputs
    alike = [i for i, arg in enumerate(inputs) if arg.is_ref]
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


for _type in (*DENSE, *SPARSE):
    shape_rule(_type)(_rule(_type))
