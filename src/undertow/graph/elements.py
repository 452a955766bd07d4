"""What is in a graph, by name: its operations and their tensors."""

from __future__ import annotations

from typing import Any

from .collections import Collections
from .operation import Operation, Tensor

_TENSOR_NAMES = 'Tensor names must be of the form "<op_name>:<output_index>".'


class Elements(Collections):
    """A graph's operations by name, and which of them and of their tensors a run may fetch and feed."""

    _ops: dict[str, Operation]

    def get_operation_by_name(self, name: str) -> Operation:
        """The operation of that name; `KeyError` if there is none."""
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name: str) -> Tensor:
        """The tensor of that name (`op:0`); `KeyError` if there is none, `ValueError` if it names an operation."""
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        """The tensor or operation that `obj` is, names, or stands for (as a variable does)."""
        if not (allow_tensor or allow_operation):
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        wanted = " or ".join(w for w, on in (("Tensor", allow_tensor), ("Operation", allow_operation)) if on)
        if hasattr(obj, "_as_graph_element") and allow_tensor:
            obj = obj._as_graph_element()
        if isinstance(obj, (str, bytes)):
            return self._by_name(obj.decode() if isinstance(obj, bytes) else obj, allow_tensor, allow_operation)
        if (isinstance(obj, Tensor) and allow_tensor) or (isinstance(obj, Operation) and allow_operation):
            if obj.graph is not self:
                raise ValueError(f"{type(obj).__name__} {obj} is not an element of this graph.")
            return obj
        raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")

    def _by_name(self, name: str, allow_tensor: bool, allow_operation: bool) -> Any:
        op_name, colon, index = name.partition(":")
        op = self._ops.get(op_name)
        if colon and allow_tensor:
            if not op_name or not index.isdigit():
                raise ValueError(
                    f"The name {name!r} looks a like a Tensor name, but is not a valid one. {_TENSOR_NAMES}"
                )
            if op is None:
                raise KeyError(
                    f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, does not "
                    "exist in the graph."
                )
            if int(index) >= len(op.outputs):
                raise KeyError(
                    f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, exists "
                    f"but only has {len(op.outputs)} outputs."
                )
            return op.outputs[int(index)]
        if colon:
            raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a Operation.")
        if op is None and not allow_operation:
            raise ValueError(f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. {_TENSOR_NAMES}")
        if op is None:
            kind = "an Operation" if allow_operation else "a Tensor or Operation"
            raise KeyError(f"The name {name!r} refers to {kind} not in the graph.")
        if not allow_operation:
            raise ValueError(f"The name {name!r} refers to an Operation, not a Tensor. {_TENSOR_NAMES}")
        return op

    def _as_graph_element_locked(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        return self.as_graph_element(obj, allow_tensor, allow_operation)

    def is_feedable(self, tensor: Tensor) -> bool:
        return tensor not in self._unfeedable

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        element = tensor_or_op.op if isinstance(tensor_or_op, Tensor) else tensor_or_op
        return element not in self._unfetchable

    def prevent_feeding(self, tensor: Tensor) -> None:
        self._unfeedable.add(tensor)

    def prevent_fetching(self, op: Operation) -> None:
        self._unfetchable.add(op)
