"""Lookup tables in checkpoints: their keys and their values, as two tensors.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup/MutableHashTable
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...graph.operation import Operation, Tensor
from ...graph.scopes import colocate_with, name_scope
from ...ops.lookup import ChangingTable
from ...ops.node import node
from .saveable import SaveableObject, SaveSpec


class TableSaveable(SaveableObject):
    """A table that changes, saved as `NAME-keys` and `NAME-values`."""

    def __init__(self, table: ChangingTable, name: str | None = None) -> None:
        self._table, name = table, name or table.name
        keys, values = table.exported
        super().__init__(table, [SaveSpec(keys, "", f"{name}-keys"), SaveSpec(values, "", f"{name}-values")], name)

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Operation:
        with name_scope(f"{self.name}_table_restore"), colocate_with(self._table.resource_handle):
            return node("LookupTableImportV2", self._table.resource_handle, *restored_tensors)
