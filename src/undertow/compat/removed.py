"""Names that a library removed and old programs use, put back without touching the library until one is used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

_told: set[str] = set()


def put_back(library: str, module: ModuleType, names: Mapping[str, Callable[[], Any]]) -> None:
    """Let `module`, a part of `library`, answer for each of `names` that it lacks, by calling the function beside it.

    The first such use of a library is told on stderr in one line; the others are silent.
    """
    ask_module = module.__dict__.get("__getattr__")
    if getattr(ask_module, "__module__", None) == __name__:
        return

    def __getattr__(name: str) -> Any:
        if name in names:
            tell(library, f"{module.__name__}.{name}")
            value = names[name]()
            setattr(module, name, value)
            return value
        if ask_module is None:
            raise AttributeError(f"module '{module.__name__}' has no attribute '{name}'")
        return ask_module(name)

    __getattr__.__module__ = __name__
    module.__getattr__ = __getattr__  # type: ignore[method-assign]


def tell(library: str, name: str) -> None:
    """Say once for `library` that removed names of it are served, with `name` as the example."""
    if library not in _told:
        _told.add(library)
        sentence = "no longer exists; it is served, as are the others that old programs use"
        print(f"undertow: {name} {sentence}", file=sys.stderr)
