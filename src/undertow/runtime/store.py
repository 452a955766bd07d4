"""The storage of variables in one session."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch

from ..graph.device import DeviceSpec
from ..graph.errors import FailedPreconditionError, NotFoundError, unbuilt
from ..graph.operation import Operation
from ..ops.handles import shared_name
from .cancellation import Cancellation
from .resources import DEFAULT_CONTAINER, Resources
from .servers import Task


class Cell:
    """One variable's storage: a tensor (strings: an array), None until it is initialized."""

    __slots__ = ("block", "by_handle", "container", "device", "dtype", "name", "value")

    def __init__(self, name: str, dtype: torch.dtype | None, device: torch.device, by_handle: bool = False) -> None:
        self.name = name
        self.by_handle = by_handle
        self.container = DEFAULT_CONTAINER
        self.dtype = dtype
        self.device = device
        self.value: Any = None
        self.block: Any = None  # the memory that it shares with others of its group (`kernels/training_groups.py`)

    def read(self) -> Any:
        """The memory itself, not a copy; `FailedPreconditionError` if there is none yet."""
        if self.value is None:
            message = f"Attempting to use uninitialized value {self.name}"
            if self.by_handle:
                message = (
                    f"Error while reading resource variable {self.name} from Container: localhost. This could mean "
                    f"that the variable was uninitialized. Not found: Resource localhost/{self.name} does not exist."
                )
            raise FailedPreconditionError(None, None, message)
        return self.value

    def storage(self) -> Any:
        """The memory, for a write: of a variable by which a run differentiates, `read` gives a leaf instead.

        `FailedPreconditionError` if there is none yet, `NotFoundError` of a variable by handle.
        """
        if self.value is None and self.by_handle:
            raise NotFoundError(None, None, f"Resource localhost/{self.name} does not exist.")
        return self.read() if self.value is None else self.value

    def as_array(self) -> np.ndarray:
        """What a program that fetches the handle gets: it is good for nothing."""
        return np.frombuffer(f"localhost/{self.name}".encode(), dtype=[("resource", np.ubyte)])

    def copy(self) -> Any:
        """The value, safe from later writes."""
        value = self.read()
        return value.clone() if isinstance(value, torch.Tensor) else value.copy()

    def assign(self, value: Any) -> None:
        """Take over a copy of `value`, in the same storage where the shape is the same."""
        old = self.value
        if isinstance(value, np.ndarray):
            self.value = value.copy()
        elif isinstance(old, torch.Tensor) and old.shape == value.shape:
            old.copy_(value)
        else:
            self.value = value.detach().to(self.device, copy=True, memory_format=torch.contiguous_format)


class Store:
    """The cells of a session's variables, and whatever else its ops keep between runs.

    Sessions on one server have variables and resources in common, by name: those are in `shared`.
    """

    def __init__(self, shared: dict[str, Any] | None = None, home: tuple[Task, set[Task] | None] | None = None) -> None:
        self._by_name = shared is not None
        self._home = home
        shared = {} if shared is None else shared
        self.cells: dict[Any, Cell] = shared.setdefault("cells", {})
        self.resources: Resources = shared.setdefault("resources", Resources()).seen_from(self._place)
        self.states: dict[Operation, dict[str, Any]] = {}
        self.cancellation = Cancellation()
        self.kept: dict[str, Any] = {}  # the tensors that handles stand for
        self.kept_numbers = itertools.count()

    def _place(self, op: Operation) -> Task | None:
        """The task of a cluster that an op is on, None where there is one task only.

        `UnimplementedError` for a task that is in another process.
        """
        task, here = self._home or (None, None)
        if task is None or here is None:
            return None
        if not op.device:
            return task
        spec = DeviceSpec.from_string(op.device)
        wanted = (spec.job or task[0], task[1] if spec.job is None and spec.task is None else spec.task or 0)
        if wanted not in here:
            raise unbuilt(f"/job:{wanted[0]}/task:{wanted[1]}, which {op.name!r} is on, is in another process: that")
        return wanted

    def key(self, op: Operation) -> Any:
        """What a variable's cell is found by."""
        key: Any = shared_name(op) if op.type == "VarHandleOp" else op.name if self._by_name else op
        return (self._place(op), key) if self._by_name else key

    def cell(self, op: Operation, dtype: torch.dtype | None, device: torch.device) -> Cell:
        by_handle, key = op.type == "VarHandleOp", self.key(op)
        found = self.cells.get(key)
        if found is None:
            name = op.attrs["shared_name"] or op.name if by_handle else op.name
            found = self.cells[key] = Cell(name, dtype, device, by_handle)
            found.container = op.attrs.get("container") or DEFAULT_CONTAINER
        return found

    def beside(self) -> Store:
        """A store whose ops start anew, which shares this one's resources."""
        other = Store()
        other.resources, other.cancellation = self.resources, self.cancellation
        return other

    def state(self, op: Operation) -> dict[str, Any]:
        return self.states.setdefault(op, {})
