"""The module that an export gives: a GraphModule whose code reads as its author would have written it."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

from .source import forward_source


class ExportedModule(fx.GraphModule):
    """A graph of TensorFlow's as a module; its inputs and outputs are called as there.

    `tensorflow_names`: for each path of a parameter or buffer, what TensorFlow calls it. `inputs` and `outputs`: the
    names of the tensors that `forward` takes and gives.
    """

    @property
    def code(self) -> str:
        """The source of `forward`."""
        return forward_source(self.graph)

    @property
    def tensorflow_names(self) -> dict[str, str]:
        return self.meta["tensorflow_names"]

    @property
    def inputs(self) -> list[str]:
        return self.meta["inputs"]

    @property
    def outputs(self) -> list[str]:
        return self.meta["outputs"]


def attach(root: torch.nn.Module, path: str, content: Any, trainable: bool = False) -> None:
    """Put a tensor (as a parameter if it is `trainable`, else as a buffer) or a module at `path` under `root`."""
    *parents, name = path.split(".")
    for parent in parents:
        if not hasattr(root, parent):
            root.add_module(parent, torch.nn.Module())
        root = getattr(root, parent)
    if isinstance(content, torch.nn.Module):
        root.add_module(name, content)
    elif trainable:
        root.register_parameter(name, torch.nn.Parameter(content))
    else:
        root.register_buffer(name, content)
