"""A graph as an ONNX file, by way of the module that `to_torch` makes of it."""

from __future__ import annotations

import io
import logging
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import torch

from ..formats.os_errors import os_errors
from ..formats.whole import write_whole
from ..graph import errors
from ..graph.operation import Tensor
from ..kernels.values import to_torch as tensor_of
from .functions import Loop
from .module import ExportedModule, to_torch
from .needs import needs
from .sample import random_inputs

_BATCH = 3  # of the example that the export is traced with


def to_onnx(
    fetches: Any,
    feeds: Sequence[Any],
    session: Any,
    path: str | os.PathLike[str],
    constants: Mapping[Any, Any] | None = None,
) -> ExportedModule:
    """Write what computes `fetches` from `feeds` as the ONNX file `path`; the module that it was made from.

    Inputs and outputs have TensorFlow's names (`x:0`), variables their module paths. What is not known of a feed's
    shape stays open: any batch size will do. The arguments and what is raised are `to_torch`'s, and:

    Raises:
      errors.UnimplementedError: an op has no counterpart in ONNX, or a while loop turns as often as the input says.
      errors.FailedPreconditionError: onnx or onnxscript is not installed.
    """
    module = to_torch(fetches, feeds, session, constants)
    data = onnx_bytes(module, [session.graph.as_graph_element(feed) for feed in feeds])
    with os_errors(path):
        write_whole(path, data)
    return module


def onnx_bytes(module: ExportedModule, inputs: Sequence[Tensor]) -> bytes:
    """The ONNX file of a module whose inputs are these tensors of the graph; raises as `to_onnx`."""
    for package in ("onnx", "onnxscript"):
        needs(package)
    example = tuple(tensor_of(value) for value in random_inputs(inputs, _BATCH))
    open_dims = [[i for i, size in enumerate(t.shape.as_list()) if size is None] for t in inputs]
    with _quiet():
        try:
            program: Any = torch.onnx.export(
                module.eval(), example, dynamo=True, verbose=False, input_names=module.inputs,
                output_names=list(dict.fromkeys(module.outputs)),
                dynamic_shapes=tuple(dict.fromkeys(dims, torch.export.Dim.DYNAMIC) for dims in open_dims),
            )  # fmt: skip
            return _with_names(program.model_proto).SerializeToString()
        except Exception as error:  # torch.export and its passes raise whatever they meet
            raise errors.UnimplementedError(None, None, _why_not(module, error)) from None


def _with_names(model: Any) -> Any:
    """Call the open dimensions, which torch.export numbers, by what they are: the batch, and others by their input."""
    names: dict[str, str] = {}
    for value in model.graph.input:
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            if dim.dim_param:
                names.setdefault(dim.dim_param, f"{value.name.partition(':')[0]}_{axis}" if axis else "batch")
    for value in (*model.graph.input, *model.graph.output, *model.graph.value_info):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param:
                dim.dim_param = re.sub(r"\w+", lambda word: names.get(word[0], word[0]), dim.dim_param)
    return model


def _why_not(module: ExportedModule, error: BaseException) -> str:
    """Why there is no ONNX of it: a loop, or the first line of what the exception came from."""
    loops = [name for name, part in module.named_modules() if isinstance(part, Loop)]
    if loops:
        return f"The while loop {loops[0]!r} turns as often as the input says, which the ONNX export cannot follow."
    while error.__cause__ is not None:
        error = error.__cause__
    return f"torch.onnx cannot export this: {(str(error).strip().splitlines() or [type(error).__name__])[0]}"


@contextmanager
def _quiet() -> Iterator[None]:
    """torch.export tells of packages that it lacks, of deprecations, and of all that it tried before it failed."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
