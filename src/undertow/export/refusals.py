"""Why an op cannot be part of a module, in one sentence."""

from __future__ import annotations

from ..graph.operation import Operation
from ..kernels.registry import KERNELS
from ..kernels.values import HOST_KINDS
from ..runtime.order import reference_inputs


class Refused(Exception):
    """Something that the fetches need cannot be part of a module; the message is the whole sentence."""

    def __init__(self, op: Operation, message: str) -> None:
        super().__init__(message)
        self.op = op


def refusal(op: Operation) -> Refused:
    """Why `op` has no place in a module."""
    if op.type.startswith("Placeholder"):
        return Refused(op, f"The placeholder {op.name!r} is needed: make it an input, or give it a constant value.")
    return Refused(op, f"The op {op.type} (node {op.name!r}) {_reason(op)}")


def _reason(op: Operation) -> str:
    if op.type == "SymbolicGradient":
        return "takes a gradient, which a module does not hold: export what it is the gradient of, and call backward()."
    if any(t.dtype.base_dtype.name == "string" for t in (*op.inputs, *op.outputs)):
        return "works on strings, which PyTorch has not: feed what the program makes of them."
    if op.type not in KERNELS:
        return "is not built in Undertow yet."
    if any(reference_inputs(op)) or not op.outputs:
        return (
            "changes a variable or has an effect, and a module only computes: export what the program computes with it."
        )
    if any(t.dtype.base_dtype.name in HOST_KINDS for t in (*op.inputs, *op.outputs)):
        return "works on a queue, table, iterator or the like, which a module has not: feed what comes out of it."
    return "keeps a state or runs a function of the program's, which a module cannot: feed what comes out of it."
