"""Running a function once a module has been imported, without importing it ourselves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

Patch = Callable[[ModuleType], None]


class _Watcher(MetaPathFinder):
    def __init__(self) -> None:
        self.patches: dict[str, Patch] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        patch = self.patches.get(fullname)
        if patch is None:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        # The loader keeps its type and all it can do; only this instance's last step is longer.
        execute = spec.loader.exec_module

        def execute_and_patch(module: ModuleType) -> None:
            execute(module)
            patch(module)

        spec.loader.exec_module = execute_and_patch  # type: ignore[method-assign]
        return spec


_watcher = _Watcher()


def after_import(name: str, patch: Patch) -> None:
    """Call `patch(module)` when the module `name` has been imported; now, if it already is.

    `patch` may be called again if the module is loaded again.
    """
    if name in sys.modules:
        patch(sys.modules[name])
        return
    _watcher.patches[name] = patch
    if _watcher not in sys.meta_path:
        sys.meta_path.insert(0, _watcher)
