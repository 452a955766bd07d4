"""`undertow export`: a model in a file as a torch module, ONNX, safetensors or a SavedModel."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

import undertow as tf
from undertow.cli.models import Model, checkpoint_prefix, likely_output, needed_inputs, needed_ops, read_model, tensors
from undertow.cli.program import refuse
from undertow.export.exported import ExportedModule
from undertow.export.model_file import write_torch
from undertow.export.module import to_torch
from undertow.export.needs import needs
from undertow.export.onnx_file import onnx_bytes
from undertow.export.safetensors_file import tensors_as_bytes, to_safetensors
from undertow.export.sample import difference, random_inputs
from undertow.formats.os_errors import os_errors
from undertow.formats.whole import write_whole
from undertow.graph.errors import AlreadyExistsError, InternalError, InvalidArgumentError, OpError
from undertow.graph.operation import Tensor
from undertow.kernels.values import to_numpy
from undertow.kernels.values import to_torch as tensor_of

FORMATS = ("torch", "onnx", "safetensors", "savedmodel")
_BATCH = 4  # of the random input; the export was traced with another
_NEAR = {"torch": 1e-5, "onnx": 1e-4, "savedmodel": 1e-5}  # the largest difference over 1 or the value itself
_TYPES_SHOWN = 8
_RANDOM = ("Random", "TruncatedNormal", "Multinomial")


def export(path: str, to: str, out: str, inputs: list[str], outputs: list[str], constants: list[str]) -> None:
    """Write the model in `path` to `out`, check it on random input, and say what it was.

    Raises:
      SystemExit: with 1 and a sentence on stderr, if something is wrong; nothing is then at `out` that was not before.
    """
    try:
        for line in _export(path, to, out, inputs, outputs, constants):
            print(line)
    except OpError as error:
        refuse(error.message, code=1)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, MemoryError) as error:
        text = (str(error.args[0] if isinstance(error, KeyError) else error) or type(error).__name__).splitlines()[0]
        refuse(text if path in text else f"{path}: {text}", code=1)


def _export(path: str, to: str, out: str, inputs: list[str], outputs: list[str], constants: list[str]) -> list[str]:
    if to not in FORMATS:
        raise InvalidArgumentError(None, None, f"--to is one of {', '.join(FORMATS)}, not {to!r}")
    if to in ("torch", "savedmodel") and os.path.exists(out):
        raise AlreadyExistsError(None, None, f"{out}: there is something of that name already")
    prefix = checkpoint_prefix(path) if to == "safetensors" else None
    if prefix is not None:
        return [f"{len(to_safetensors(prefix, out))} variables", f"wrote {out}"]
    if to == "savedmodel" and constants:
        raise InvalidArgumentError(None, None, "--set: a SavedModel keeps its graph as it is, placeholders too")
    model = read_model(path)
    return _Export(model, to, out, inputs, outputs, constants).run()


class _Export:
    """One export, from the tensors named to what is said of it."""

    def __init__(
        self, model: Model, to: str, out: str, inputs: list[str], outputs: list[str], constants: list[str]
    ) -> None:
        self.model, self.to, self.out = model, to, out
        self.fetches = tensors(model, outputs or model.outputs or likely_output(model))
        self.constants = dict(_constant(model, text) for text in constants)
        if inputs or (model.inputs and not outputs):
            self.feeds = tensors(model, inputs or model.inputs)
        else:
            self.feeds = [t for t in needed_inputs(self.fetches) if t not in self.constants]
        self.feeds = [t for t in self.feeds if t not in self.constants]

    def run(self) -> list[str]:
        module = self._module(self.feeds)
        said = [*_told("input", self.feeds), *_told("output", self.fetches), _weights(module), _ops(self.fetches)]
        return [*filter(None, said), *getattr(self, f"_{self.to}")(module), f"wrote {self.out}"]

    def _module(self, feeds: list[Tensor]) -> ExportedModule:
        fetches = self.fetches[0] if len(self.fetches) == 1 else tuple(self.fetches)
        return to_torch(fetches, feeds, self.model.session, self.constants)

    # To each format: what was checked

    def _torch(self, module: ExportedModule) -> list[str]:
        # What the graph draws is an input of the module that is checked: the two draw different numbers.
        draws = self._draws()
        twin = self._module([*self.feeds, *draws]) if draws else module
        checked = self._checked(lambda values: twin(*map(tensor_of, values)), draws)
        write_torch(module, self.out)
        return [checked]

    def _onnx(self, module: ExportedModule) -> list[str]:
        data = onnx_bytes(module, self.feeds)
        runtime = needs("onnxruntime").InferenceSession(data, providers=["CPUExecutionProvider"])
        names = [i.name for i in runtime.get_inputs()]
        given = {t.name: i for i, t in enumerate(self.feeds)}
        checked = self._checked(lambda values: runtime.run(None, {n: values[given[n]] for n in names}))
        with os_errors(self.out):
            write_whole(self.out, data)
        return [checked]

    def _safetensors(self, module: ExportedModule) -> list[str]:
        names = module.tensorflow_names
        data = tensors_as_bytes({names[path]: tensor for path, tensor in module.state_dict().items()}, {"format": "pt"})
        with os_errors(self.out):
            write_whole(self.out, data)
        return []

    def _savedmodel(self, module: ExportedModule) -> list[str]:
        target = Path(self.out)
        unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        with os_errors(self.out):
            try:
                with self.model.graph.as_default():
                    ends = ({t.op.name: t for t in ends} for ends in (self.feeds, self.fetches))
                    tf.saved_model.simple_save(self.model.session, str(unfinished), *ends)
                again = read_model(str(unfinished))
                feeds, fetches = (tensors(again, [t.name for t in ends]) for ends in (self.feeds, self.fetches))
                checked = self._checked(lambda values: again.session.run(fetches, dict(zip(feeds, values))))
                os.rename(unfinished, target)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
        return [checked]

    def _draws(self) -> list[Tensor]:
        """The tensors of random numbers that the outputs need."""
        return [op.outputs[0] for op in needed_ops(self.fetches) if op.type.startswith(_RANDOM)]

    def _checked(self, run: Any, draws: Sequence[Tensor] = ()) -> str:
        """Run what was exported on random input beside the graph itself; `InternalError` if they differ."""
        unfed = [t.op.type for t in self._draws() if t not in draws]
        if unfed:
            return f"not checked: it draws random numbers ({', '.join(sorted(set(unfed)))})"
        values = random_inputs(self.feeds, _BATCH)
        feed_dict: dict[Any, Any] = {**dict(zip(self.feeds, values)), **self.constants}
        drawn = self.model.session.run(list(draws), feed_dict)
        wanted = self.model.session.run(self.fetches, {**feed_dict, **dict(zip(draws, drawn))})
        with torch.no_grad():
            given = run([*values, *drawn])
        found = [to_numpy(value, copy=False) for value in ([given] if isinstance(given, torch.Tensor) else given)]
        gap = max((difference(*pair) for pair in zip(wanted, found)), default=0.0)
        if gap > _NEAR[self.to]:
            raise InternalError(None, None, f"{self.out}: not written: it differs from the graph by {gap:.1e}")
        return f"checked on random input: the largest difference is {gap:.1e}"


def _constant(model: Model, text: str) -> tuple[Tensor, np.ndarray]:
    """`name=value`, the value in JSON."""
    name, equals, value = text.partition("=")
    (tensor,) = tensors(model, [name])
    try:
        if not equals:
            raise ValueError
        return tensor, np.array(json.loads(value), dtype=tensor.dtype.as_numpy_dtype)
    except ValueError:
        raise ValueError(f"--set wants NAME=VALUE, as in keep_prob:0=1.0 or training=false, not {text!r}") from None


def _told(what: str, ends: list[Tensor]) -> list[str]:
    return [f"{what} {t.name}: {t.dtype.base_dtype.name} {_shape(t)}" for t in ends]


def _shape(tensor: Tensor) -> str:
    dims = tensor.shape._dims
    return "of any shape" if dims is None else f"[{', '.join('?' if d is None else str(d) for d in dims)}]"


def _weights(module: ExportedModule) -> str:
    parts: dict[str, list[torch.Tensor]] = {"parameters": list(module.parameters()), "buffers": list(module.buffers())}
    return ", ".join(f"{len(ts)} {what} ({sum(t.numel() for t in ts):,} numbers)" for what, ts in parts.items() if ts)


def _ops(fetches: list[Tensor]) -> str:
    types = Counter(op.type for op in needed_ops(fetches))
    shown = ", ".join(f"{count} {name}" for name, count in types.most_common(_TYPES_SHOWN))
    rest = len(types) - _TYPES_SHOWN
    return f"{types.total()} ops: {shown}" + (f" and {rest} more types" if rest > 0 else "")
