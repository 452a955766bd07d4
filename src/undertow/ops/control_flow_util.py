"""What the nodes of branches and loops are: questions that TensorFlow's own code asks by these names.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/while_loop
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Operation
from .cond import CondContext
from .while_loop import WhileContext

ENABLE_CONTROL_FLOW_V2 = False  # branches and loops are Switch and Merge, as in TensorFlow 1


def IsSwitch(op: Operation) -> bool:
    return op.type in ("Switch", "RefSwitch")


def IsMerge(op: Operation) -> bool:
    return op.type in ("Merge", "RefMerge")


def IsLoopEnter(op: Operation) -> bool:
    return op.type in ("Enter", "RefEnter")


def IsLoopExit(op: Operation) -> bool:
    return op.type in ("Exit", "RefExit")


def IsLoopConstantEnter(op: Operation) -> bool:
    """Whether `op` brings something into a loop that stays as it is there."""
    return IsLoopEnter(op) and op.attrs["is_constant"]


def IsCondSwitch(op: Operation) -> bool:
    """Whether `op` brings something into a branch: all that reads it is inside of one."""
    return IsSwitch(op) and all(_in_cond(user) for t in op.outputs for user in t._consumers)


def IsCondMerge(op: Operation) -> bool:
    """Whether `op` joins branches: all that it reads is inside of one."""
    return IsMerge(op) and bool(op.inputs) and all(_in_cond(t.op) or IsCondSwitch(t.op) for t in op.inputs)


def IsLoopSwitch(op: Operation) -> bool:
    """Whether `op` lets a loop variable go on or out."""
    return IsSwitch(op) and isinstance(op._control_flow_context, WhileContext) and not IsCondSwitch(op)


def IsLoopMerge(op: Operation) -> bool:
    """Whether a loop variable comes in or round at `op`."""
    return IsMerge(op) and isinstance(op._control_flow_context, WhileContext) and not IsCondMerge(op)


def _in_cond(op: Operation) -> bool:
    context: Any = op._control_flow_context
    if IsLoopEnter(op):  # it is inside of its loop, but reads outside
        context = context.outer_context
    return isinstance(context, CondContext)
