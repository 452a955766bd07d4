"""Variables as safetensors, and back: under TensorFlow's names (`conv1/kernel`), in a checkpoint or a session."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from ..formats.bundle import write_bundle
from ..formats.checkpoint import open_checkpoint
from ..formats.os_errors import os_errors
from ..formats.whole import write_whole
from ..graph import errors
from ..graph.keys import GraphKeys
from ..kernels.values import to_numpy
from ..kernels.values import to_torch as tensor_of
from ..runtime.session import BaseSession
from .needs import needs


def to_safetensors(source: Any, path: str | os.PathLike[str]) -> list[str]:
    """Write the variables of a session, or the tensors of a checkpoint, to the file `path`; their names.

    Args:
      source: a session, all of whose global variables have a value; or the prefix of a V2 checkpoint.
      path: the file, written whole or not at all.

    Raises:
      errors.UnimplementedError: a tensor is of a type that safetensors does not have (strings).
      errors.FailedPreconditionError: a variable has no value yet.
      errors.NotFoundError, DataLossError: there is no such checkpoint, or it is damaged.
    """
    if isinstance(source, BaseSession):
        values = source.run({v.op.name: v for v in _variables(source)})
    else:
        reader = open_checkpoint(source)
        values = {name: reader.read(name) for name in reader}
    tensors = {name: _tensor(name, value) for name, value in values.items()}
    data = tensors_as_bytes(tensors, {"format": "pt"})
    with os_errors(path):
        write_whole(path, data)
    return list(tensors)


def from_safetensors(path: str | os.PathLike[str], target: Any) -> list[str]:
    """Write the tensors of the file `path` to a checkpoint, or put them into a session's variables; their names.

    Args:
      path: a file of safetensors whose names are TensorFlow's.
      target: the prefix of the V2 checkpoint to write; or a session, all of whose global variables are assigned.

    Raises:
      errors.DataLossError: the file is none of safetensors, or damaged.
      errors.NotFoundError: there is no such file, or a variable of the session is not in it.
      errors.InvalidArgumentError: a variable has another shape or dtype there.
    """
    tensors = {name: to_numpy(tensor, copy=False) for name, tensor in _read(path).items()}
    if not isinstance(target, BaseSession):
        write_bundle(target, tensors)
        return list(tensors)
    variables = _variables(target)
    for variable in variables:
        name = variable.op.name
        if name not in tensors:
            raise errors.NotFoundError(None, None, f"{os.fspath(path)}: the variable {name!r} is not in it.")
        value, wanted = np.asarray(tensors[name]), variable.dtype.base_dtype
        if value.dtype != wanted.as_numpy_dtype or not variable.shape.is_compatible_with(value.shape):
            raise errors.InvalidArgumentError(
                None, None,
                f"{os.fspath(path)}: {name!r} is {value.dtype.name} {list(value.shape)} there, and {wanted.name} "
                f"{variable.shape} in the graph.",
            )  # fmt: skip
    for variable in variables:
        target.run(variable.initializer, {variable.initializer.inputs[1]: tensors[variable.op.name]})
    return [v.op.name for v in variables]


def _variables(session: BaseSession) -> list[Any]:
    return session.graph.get_collection(GraphKeys.GLOBAL_VARIABLES)


def tensors_as_bytes(tensors: Mapping[str, torch.Tensor], metadata: dict[str, str]) -> bytes:
    """A file of safetensors that holds these."""
    save = needs("safetensors.torch").save
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, metadata)


def _tensor(name: str, value: Any) -> torch.Tensor:
    array = np.asarray(value)
    if array.dtype == object or array.dtype.kind == "c":
        kind = "strings" if array.dtype == object else array.dtype.name
        raise errors.UnimplementedError(None, None, f"{name!r} holds {kind}, which safetensors has not.")
    return tensor_of(array)


def _read(path: str | os.PathLike[str]) -> dict[str, torch.Tensor]:
    load_file = needs("safetensors.torch").load_file
    with os_errors(path):
        with open(path, "rb"):
            pass
    try:
        return load_file(path)
    except Exception as error:  # safetensors has errors of its own
        raise errors.DataLossError(None, None, f"{os.fspath(path)}: no file of safetensors: {error}") from None
