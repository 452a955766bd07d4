"""Looking into checkpoints and taking variables from them, with the arguments that `tf.contrib.framework` has.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/framework/assign_from_checkpoint and its
neighbours
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from ....graph.operation import Operation
from ....ops import state
from ....ops.array import placeholder
from ....ops.control_flow import group
from ...train import checkpoint_utils
from ...variables import Variable

_log = logging.getLogger("tensorflow")


def load_checkpoint(filepattern: str) -> Any:
    """As `tf.train.load_checkpoint`."""
    return checkpoint_utils.load_checkpoint(filepattern)


def load_variable(checkpoint_dir: str, name: str) -> Any:
    """As `tf.train.load_variable`."""
    return checkpoint_utils.load_variable(checkpoint_dir, name)


def list_variables(checkpoint_dir: str) -> list[tuple[str, list[int]]]:
    """As `tf.train.list_variables`."""
    return checkpoint_utils.list_variables(checkpoint_dir)


def init_from_checkpoint(checkpoint_dir: str, assignment_map: Mapping[str, Any]) -> None:
    """As `tf.train.init_from_checkpoint`."""
    checkpoint_utils.init_from_checkpoint(checkpoint_dir, assignment_map)


def assign_from_checkpoint(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Operation, dict[Any, Any]]:
    """An operation that gives variables their values of a checkpoint, and what to feed it.

    `var_list` has variables, or maps names in the checkpoint to a variable or the list of its parts. A value of another
    shape is reshaped. `ValueError` if one is not in the checkpoint (unless `ignore_missing_vars`) or of another size.
    """
    reader = checkpoint_utils.CheckpointReader(model_path)
    assigned, feeds = [], {}
    for name, variables in _by_name(var_list).items():
        if not reader.has_tensor(name):
            if not ignore_missing_vars:
                raise ValueError(f"Checkpoint is missing variable [{name}]")
            _log.warning("Checkpoint is missing variable [%s]", name)
            continue
        value = np.asarray(reader.get_tensor(name))
        for variable in variables:
            part = variable._get_save_slice_info() if len(variables) > 1 else None
            own: Any = variable.get_shape().as_list()
            piece = value
            if part is not None:
                piece = value[tuple(slice(start, start + n) for start, n in zip(part.var_offset, part.var_shape))]
            if prod(own) != piece.size:
                raise ValueError(
                    f"Total size of new array must be unchanged for {name} lh_shape: [{piece.shape}], "
                    f"rh_shape: [{tuple(own)}]"
                )
            fed = placeholder(variable.dtype.base_dtype, own, name=f"placeholder/{variable.op.name}")
            assigned.append(state.assign(variable, fed))
            feeds[fed] = piece.reshape(own)
    return group(*assigned), feeds


def _by_name(var_list: Any) -> dict[str, list[Variable]]:
    """The variables, or the parts of each, by the name in the checkpoint."""
    if isinstance(var_list, Mapping):
        return {name: list(v) if isinstance(v, (list, tuple)) else [v] for name, v in var_list.items()}
    found: dict[str, list[Variable]] = {}
    for item in var_list:
        for variable in item._get_variable_list() if hasattr(item, "_get_variable_list") else [item]:
            part = variable._get_save_slice_info()
            found.setdefault(variable.op.name if part is None else part.full_name, []).append(variable)
    return found
