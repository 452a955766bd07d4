"""What a `Saver` can save beside variables: objects that say which tensors stand for them.

Source: https://github.com/tensorflow/docs/blob/r1.15/site/en/api_docs/python/tf/train/Saver.md
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...graph.operation import Operation, Tensor


class SaveSpec:
    """One tensor of a saved object: its name in a checkpoint, and the slice it is of a larger one, or ""."""

    def __init__(self, tensor: Any, slice_spec: str, name: str, dtype: Any = None, device: Any = None) -> None:
        self._tensor, self.slice_spec, self.name = tensor, slice_spec, name
        self.dtype = self.tensor.dtype if dtype is None else dtype
        self.device = self.tensor.device if device is None else device

    @property
    def tensor(self) -> Tensor:
        """The tensor, or what the function that stands for it gives."""
        return self._tensor() if callable(self._tensor) else self._tensor


class SaveableObject:
    """Something made of tensors; a subclass says how it is made of them again.

    Put into the collection SAVEABLE_OBJECTS, or given to a `Saver`, its `specs` are saved.
    """

    def __init__(self, op: Any, specs: Sequence[SaveSpec], name: str) -> None:
        self.op, self.specs, self.name = op, specs, name

    @property
    def device(self) -> str:
        return self.specs[0].device

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Operation | Tensor:
        """The op that restores the object from its specs' tensors; the shapes, if told, are to be theirs."""
        raise NotImplementedError("Calling an abstract method.")


class SavedPart:
    """One of the specs of an object, as the entry of a checkpoint."""

    def __init__(self, saveable: SaveableObject, index: int) -> None:
        self.saveable, self.index = saveable, index
        self.spec = saveable.specs[index]
        self.tensor = self.spec.tensor
        self.op, self.dtype, self.device = self.tensor.op, self.spec.dtype, self.spec.device
