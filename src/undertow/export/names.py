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
            path = ".".join(_part(part) for part in name.split("/") if part) or "_"
            while self._clashes(path):
                path += "_"
            self.names[name] = path
            self._leaves.add(path)
            self._modules.update(_parents(path))
        return self.names[name]

    def _clashes(self, path: str) -> bool:
        return path in self._leaves or path in self._modules or not self._leaves.isdisjoint(_parents(path))


def _part(part: str) -> str:
    plain = re.sub(r"\W", "_", part, flags=re.ASCII)
    return f"{plain}_" if plain in _TAKEN or keyword.iskeyword(plain) else plain


def _parents(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]
