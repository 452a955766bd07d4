"""Looking into checkpoints, and starting variables from them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/init_from_checkpoint and its neighbours
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...formats.checkpoint import open_checkpoint
from ...graph.dtypes import DType
from ...graph.scopes import init_scope
from ...ops import state
from ...ops.node import node
from ...ops.resource_variable import is_resource_variable
from ..variable_scope import _get_default_variable_store
from ..variables import Variable
from .checkpoint_management import latest_checkpoint


class CheckpointReader:
    """The tensors of one checkpoint.

    `NotFoundError` if there is none of that prefix, `DataLossError` if it is damaged.
    """

    def __init__(self, filepattern: str) -> None:
        self._reader = open_checkpoint(filepattern)
        self._names = self._reader.keys()

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        return {name: list(self._reader.shape(name)) for name in self._names}

    def get_variable_to_dtype_map(self) -> dict[str, DType]:
        return {name: self._reader.dtype(name) for name in self._names}

    def has_tensor(self, tensor_str: str) -> bool:
        return tensor_str in self._reader

    def get_tensor(self, tensor_str: str) -> Any:
        """The tensor of that name, an array or scalar; `NotFoundError` if there is none."""
        return self._reader.read(tensor_str, copy=True)[()]

    def debug_string(self) -> bytes:
        """A line for each tensor: its name, dtype and shape."""
        lines = []
        for name in self._names:
            kind = {"float32": "FLOAT", "float64": "DOUBLE", "float16": "HALF"}.get(self._reader.dtype(name).name)
            shape = ",".join(map(str, self._reader.shape(name)))
            parts = len(self._reader.slices(name))
            told = f", {parts} slices" if parts else ""
            lines.append(f"{name} (DT_{kind or self._reader.dtype(name).name.upper()}) [{shape}]{told}\n")
        return "".join(lines).encode()


NewCheckpointReader = CheckpointReader


def load_checkpoint(ckpt_dir_or_file: str) -> CheckpointReader:
    """A reader of the checkpoint of that prefix, or of the newest in that folder; `ValueError` if it has none."""
    return CheckpointReader(_prefix(ckpt_dir_or_file))


def _prefix(ckpt_dir_or_file: str) -> str:
    path = os.fspath(ckpt_dir_or_file)
    if not os.path.isdir(path):
        return path
    found = latest_checkpoint(path)
    if found is None:
        raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory {path}")
    return found


def load_variable(ckpt_dir_or_file: str, name: str) -> Any:
    """The value of one tensor of a checkpoint (`name` may end in `:0`)."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))


def list_variables(ckpt_dir_or_file: str) -> list[tuple[str, list[int]]]:
    """The (name, shape) of each tensor of a checkpoint, sorted by name."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def init_from_checkpoint(ckpt_dir_or_file: str, assignment_map: Mapping[str, Any]) -> None:
    """Let variables of the default graph start from a checkpoint: their initializers then restore them.

    `assignment_map` goes from the checkpoint to the graph: `"name": variable` (or its name, or the list of its parts),
    or `"scope/": "other_scope/"` for all variables under a scope ("/" is the top).
    `ValueError` if a tensor or variable is not there or shapes differ.
    """
    path = _prefix(ckpt_dir_or_file)
    shapes = CheckpointReader(path).get_variable_to_shape_map()
    for tensor_name, target in sorted(assignment_map.items(), key=lambda item: item[0]):
        if isinstance(target, str) and (target.endswith("/") or tensor_name.endswith("/")):
            pairs = _under_scope(tensor_name, target, shapes, path)
        else:
            pairs = [(tensor_name, _parts(target, path))]
        for name, parts in pairs:
            if name not in shapes:
                raise ValueError(f"Tensor {name} is not found in {path} checkpoint {shapes}")
            _check_shape(name, parts, shapes[name])
            for part in parts:
                _start_from(path, name, part)


def _parts(target: Any, path: str) -> list[Variable]:
    """The variables that a target of the map is."""
    if isinstance(target, Variable):
        return [target]
    if isinstance(target, (list, tuple)) and target and all(isinstance(v, Variable) for v in target):
        return list(target)
    if hasattr(target, "_get_variable_list"):
        return target._get_variable_list()
    if not isinstance(target, str):
        raise TypeError(f"The assignment map must lead to variables or their names, not to {target!r}.")
    variables = _graph_variables()
    if target not in variables:
        raise ValueError(
            f"Assignment map with scope only name {target.rpartition('/')[0]} should map to scope only: there is no "
            f"variable {target!r} to start from {path}. Should be 'scope/': 'other_scope/'."
        )
    return variables[target]


def _graph_variables() -> dict[str, list[Variable]]:
    """The variables of `get_variable`, those in parts under their whole name."""
    store = _get_default_variable_store()
    found: dict[str, list[Variable]] = {}
    for name, variable in store._vars.items():
        part = variable._get_save_slice_info()
        found.setdefault(name if part is None else part.full_name, []).append(variable)
    return found


def _under_scope(
    tensor_scope: str, variable_scope: str, shapes: dict[str, list[int]], path: str
) -> list[tuple[str, list[Variable]]]:
    if not (tensor_scope.endswith("/") and variable_scope.endswith("/")):
        raise ValueError(
            f"Assignment map with scope only name {tensor_scope} should map to scope only {variable_scope}. Should be "
            "'scope/': 'other_scope/'."
        )
    there, here = tensor_scope.removesuffix("/"), variable_scope.removesuffix("/")
    pairs = []
    for name, parts in sorted(_graph_variables().items()):
        if here and not name.startswith(f"{here}/"):
            continue
        inner = name[len(here) + 1 :] if here else name
        tensor_name = f"{there}/{inner}" if there else inner
        if tensor_name not in shapes:
            raise ValueError(f"Tensor {tensor_name} ({inner} in {tensor_scope}) is not found in {path} checkpoint")
        pairs.append((tensor_name, parts))
    return pairs


def _check_shape(name: str, parts: list[Variable], shape: list[int]) -> None:
    for variable in parts:
        info = variable._get_save_slice_info() if len(parts) > 1 else None
        own = variable.get_shape() if info is None else info.full_shape
        if list(own) != shape:
            raise ValueError(
                f"Shape of variable {variable.name} ({own}) doesn't match with shape of tensor {name} ({shape}) from "
                "checkpoint reader."
            )


def _start_from(path: str, tensor_name: str, variable: Variable) -> None:
    part = variable._get_save_slice_info()
    spec = "" if part is None else part.spec
    with init_scope():
        value = node(
            "RestoreV2",
            path,
            np.array([tensor_name]),
            np.array([spec]),
            dtypes=[variable.dtype.base_dtype],
            name="checkpoint_initializer",
        )[0]
        value.set_shape(variable.get_shape())
        if is_resource_variable(variable):
            variable._initializer_op = node("AssignVariableOp", variable._ref(), node("Identity", value))
        else:
            variable._initializer_op = state.assign(variable, value).op
        variable._initial_value = value
