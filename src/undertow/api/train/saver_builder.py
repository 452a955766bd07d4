"""The nodes that save and restore variables, named as TensorFlow names them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/Saver
"""

from __future__ import annotations

import secrets
from typing import Any

from ...graph import stacks
from ...graph.operation import Operation, Tensor
from ...graph.scopes import control_dependencies, name_scope
from ...ops import state
from ...ops.constant import constant
from ...ops.control_flow import group
from ...ops.indexed_slices import IndexedSlices
from ...ops.lookup import ChangingTable
from ...ops.node import node
from ...ops.resource_variable import is_resource_variable
from ..resource_variable import ResourceVariable
from ..variables import Variable
from .saveable import SaveableObject, SavedPart
from .table_saveable import TableSaveable

# One entry of a checkpoint: its name, its shape and slice ("" for a whole variable), and the variable, its tensor, or
# what stands for a part of an object.
_Entry = tuple[str, str, "Variable | Tensor | SavedPart"]
# Entries by the device of their variables; None: all in one file.
_Groups = list[tuple["str | None", list[_Entry]]]


def entries_of(var_list: Any) -> list[_Entry]:
    """What to save: the variables of a list under their own names, or of a dict under its keys, sorted by name.

    `ValueError` if two have one name, `TypeError` for what is no variable.
    """
    if not isinstance(var_list, (dict, list, tuple)) and not hasattr(var_list, "__iter__"):
        raise TypeError(f"Variables to save should be passed in a dict or a list: {var_list}")
    named = var_list.items() if isinstance(var_list, dict) else ((None, v) for v in var_list)
    wrong = [name for name in var_list if not isinstance(name, str)] if isinstance(var_list, dict) else []
    if wrong:
        raise TypeError(
            "names_to_saveables must be a dict mapping string names to trackable operations. Name is not a string: "
            f"{wrong[0]}"
        )
    entries: list[_Entry] = []
    for name, item in named:
        if isinstance(item, ChangingTable):
            item = TableSaveable(item, name)
        if isinstance(item, SaveableObject):
            entries += [(s.name, s.slice_spec, SavedPart(item, i)) for i, s in enumerate(item.specs)]
            continue
        for variable in _variables_of(name, item):
            part = None if isinstance(variable, Tensor) else variable._get_save_slice_info()
            full = (name or part.full_name) if part is not None else (name or variable.op.name)
            entries.append((full, part.spec if part is not None else "", variable))
    entries.sort(key=lambda entry: entry[0])
    _check_names(entries)
    return entries


def _variables_of(name: str | None, item: Any) -> list[Any]:
    if isinstance(item, Variable) or (isinstance(item, Tensor) and item.op.type in ("VariableV2", "Variable")):
        return [item]
    if isinstance(item, Tensor) and item.op.type in ("VarHandleOp", "ReadVariableOp"):
        return [ResourceVariable.behind(item)]
    parts = getattr(item, "_get_variable_list", None)
    if parts is not None:
        return list(parts())
    if name is not None and isinstance(item, (list, tuple)) and all(isinstance(v, Variable) for v in item):
        return list(item)
    if isinstance(item, IndexedSlices):
        raise TypeError(f"IndexedSlices cannot be saved: {item}")
    if name is None:
        raise TypeError(f"Variable to save is not a Variable: {item}")
    raise TypeError(
        f"names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a variable: {item}"
    )


def _check_names(entries: list[_Entry]) -> None:
    seen: dict[str, str] = {}
    variables: set[Any] = set()
    for name, spec, variable in entries:
        if name in seen and not (spec and seen[name]):
            raise ValueError(f"At least two variables have the same name: {name}")
        if variable in variables:
            raise ValueError(f"The same saveable will be restored with two names: {name}")
        seen[name] = spec
        variables.add(variable)


class SaverNodes:
    """The nodes of one saver, built under the scope `name` (by default `save`)."""

    def __init__(
        self,
        entries: list[_Entry],
        reshape: bool,
        sharded: bool,
        restore_sequentially: bool,
        name: str | None,
        filename: str | None,
        version: int = 2,
    ) -> None:
        self._reshape, self._sequentially, self._version = reshape, restore_sequentially, version
        with name_scope(name, "save", [v.op for _, _, v in entries]):
            default = node("PlaceholderWithDefault", filename or "model", shape=[], name="filename")
            self.filename = node("PlaceholderWithDefault", default, shape=[], name="Const")
            groups: _Groups = _by_device(entries) if sharded else [(None, entries)]
            self.saved = self._save_sharded(groups) if sharded else self._save(self.filename, entries)
            self.restore = self._restore_all(groups)

    def _save(self, filename: Tensor, entries: list[_Entry]) -> Tensor:
        names, specs, variables = zip(*entries)
        op_type, name = ("SaveSlices", "save") if self._version == 1 else ("SaveV2", None)
        done = node(op_type, filename, list(names), list(specs), [_saved(v) for v in variables], name=name)
        graph = stacks.get_default_graph()
        with control_dependencies([done]), graph.colocate_with(filename.op):
            return node("Identity", filename, name="control_dependency")

    def _save_sharded(self, groups: _Groups) -> Tensor:
        """A file for each device, then one checkpoint of them all."""
        graph = stacks.get_default_graph()
        if self._version == 1:
            return self._save_sharded_v1(groups)
        suffix = constant(f"_temp_{secrets.token_hex(16)}/part", name="StringJoin/inputs_1")
        prefix = node("StringJoin", [self.filename, suffix])
        count = constant(len(groups), name="num_shards")
        saved, parts = [], []
        for i, (device, entries) in enumerate(groups):
            with graph.device(device):
                part = node("ShardedFilename", prefix, i, count)
                parts.append(part)
                saved.append(self._save(part, entries))
        with control_dependencies(saved):
            prefixes = node("Pack", parts, axis=0, name="MergeV2Checkpoints/checkpoint_prefixes")
            merged = node("MergeV2Checkpoints", prefixes, self.filename, delete_old_dirs=True)
        with control_dependencies([*saved, merged]):
            return node("Identity", self.filename)

    def _save_sharded_v1(self, groups: _Groups) -> Tensor:
        """A file for each device; they are the checkpoint, and a pattern names it."""
        count = constant(len(groups), name="num_shards")
        saved = []
        for i, (device, entries) in enumerate(groups):
            with stacks.get_default_graph().device(device):
                saved.append(self._save(node("ShardedFilename", self.filename, i, count), entries))
        with control_dependencies(saved):
            return node("ShardedFilespec", self.filename, count)

    def _restore_all(self, groups: _Groups) -> Operation:
        if len(groups) == 1 and groups[0][0] is None:
            return group(*self._restore(groups[0][1]), name="restore_all")
        shards = []
        for device, entries in groups:
            with stacks.get_default_graph().device(device):
                shards.append(group(*self._restore(entries), name="restore_shard"))
        return group(*shards, name="restore_all")

    def _restore(self, entries: list[_Entry]) -> list[Operation | Tensor]:
        names, specs, variables = zip(*entries)
        dtypes = [v.dtype.base_dtype for v in variables]
        found = node("RestoreV2", self.filename, list(names), list(specs), dtypes=dtypes)
        assigned: list[Operation | Tensor] = []
        objects: dict[SaveableObject, dict[int, Tensor]] = {}
        for variable, value in zip(variables, found):
            with control_dependencies(assigned[-1:] if self._sequentially else []):
                if not isinstance(variable, SavedPart):
                    assigned.append(self._assign(variable, value))
                    continue
                parts = objects.setdefault(variable.saveable, {})
                parts[variable.index] = value
                if len(parts) == len(variable.saveable.specs):
                    assigned.append(variable.saveable.restore([parts[i] for i in range(len(parts))], None))
        return assigned

    def _assign(self, variable: Variable | Tensor, value: Tensor) -> Tensor:
        known = variable.get_shape().is_fully_defined()
        if self._reshape:
            shape = variable.get_shape().as_list() if known else node("Shape", _saved(variable))
            value = node("Reshape", value, constant(shape, dtype="int32", name="Reshape/shape") if known else shape)
        if not isinstance(variable, Tensor) and is_resource_variable(variable):
            return node("AssignVariableOp", variable._ref(), node("Identity", value))
        return state.assign(variable, value, validate_shape=known)


def _saved(variable: Variable | Tensor | SavedPart) -> Tensor:
    """The tensor that is saved: a reference, what a resource variable reads, or what stands for a part."""
    if isinstance(variable, SavedPart):
        return variable.tensor
    if isinstance(variable, Tensor):
        return variable
    if not is_resource_variable(variable):
        return variable._ref()
    if variable._get_save_slice_info() is None:
        return variable._as_graph_element()
    return node("Identity", variable.read_value())


def _by_device(entries: list[_Entry]) -> _Groups:
    devices: dict[str, list[_Entry]] = {}
    for entry in entries:
        devices.setdefault(entry[2].device, []).append(entry)
    return [(device, devices[device]) for device in sorted(devices)]
