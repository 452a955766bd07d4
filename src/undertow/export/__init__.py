"""Out of TensorFlow 1: a graph as a `torch.nn.Module`, as ONNX; variables as safetensors.

torch is imported when the first of these is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from undertow.export.model_file import write_torch
    from undertow.export.module import to_torch
    from undertow.export.onnx_file import to_onnx
    from undertow.export.safetensors_file import from_safetensors, to_safetensors

_HOMES = {
    "from_safetensors": "safetensors_file",
    "to_onnx": "onnx_file",
    "to_safetensors": "safetensors_file",
    "to_torch": "module",
    "write_torch": "model_file",
}

__all__ = ["from_safetensors", "to_onnx", "to_safetensors", "to_torch", "write_torch"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
