"""Names of TensorFlow's as paths of modules: the variable `conv1/kernel` is the parameter `conv1.kernel`."""

from __future__ import annotations

import keyword
import re

from torch import fx

_TAKEN = frozenset(dir(fx.GraphModule))  # `type`, `train`, `code` …: a parameter of that name would hide them


class Paths:
    """Paths for names, no two alike, none of which is a part of another."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._leaves: set[str] = set()
        self._modules: set[str] = set()

    def of(self, name: str) -> str:
        """The path of the name `name`, always the same one."""
        if name not in self.names:
            path = ""
            parts = [_part(part) for part in name.split("/") if part] or ["_"]
            for depth, part in enumerate(parts, 1):
                path = f"{path}.{part}" if path else part
                while path in self._leaves or (depth == len(parts) and path in self._modules):
                    path += "_"
                (self._leaves if depth == len(parts) else self._modules).add(path)
            self.names[name] = path
        return self.names[name]


def _part(part: str) -> str:
    plain = re.sub(r"\W", "_", part, flags=re.ASCII)
    return f"{plain}_" if plain in _TAKEN or keyword.iskeyword(plain) else plain
