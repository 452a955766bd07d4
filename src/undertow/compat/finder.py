"""The import hook: whatever a program imports from `tensorflow` is Undertow's."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from undertow.compat.face import face, public_module
from undertow.compat.old_paths import old_module

# TensorBoard prefers a TensorFlow if it can import one; this module is how it is told not to.
_NO_TENSORFLOW = "tensorboard.compat.notf"


class Finder(MetaPathFinder, Loader):
    """Answers for `tensorflow` and all that is below it, before any TensorFlow that may be installed."""

    def __repr__(self) -> str:
        return "undertow"  # so a module is shown as <module 'tensorflow' (undertow)>

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == _NO_TENSORFLOW:
            return ModuleSpec(fullname, self)
        if fullname != "tensorflow" and not fullname.startswith("tensorflow."):
            return None
        found = find_module(fullname)
        if found is None:
            raise ModuleNotFoundError(f"No module named '{fullname}': it is not built in Undertow", name=fullname)
        return ModuleSpec(fullname, self, loader_state=found, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        """Put the real module where the import system will take it from: it exists already, under another name."""
        spec = module.__spec__
        found = spec.loader_state if spec is not None else None
        if isinstance(found, ModuleType):
            if found.__spec__ is None:
                found.__spec__, found.__loader__ = spec, self
            sys.modules[module.__name__] = found


def find_module(fullname: str) -> ModuleType | None:
    """What answers for `tensorflow` or a module below it; None if it is not built."""
    path = fullname.partition(".")[2]
    if not path:
        return face()
    kind, _, rest = path.partition(".")
    if kind in ("python", "core") or (kind == "contrib" and ".python" in f"{rest}."):
        return old_module(path)
    return public_module(path)


def install() -> None:
    """Serve `import tensorflow` from now on; once is enough, twice does no harm.

    Raises:
      ImportError: TensorFlow itself has already been imported in this process.
    """
    if _installed():
        return
    if "tensorflow" in sys.modules:
        raise ImportError("TensorFlow itself is already imported in this process: install Undertow before it")
    sys.meta_path.insert(0, Finder())


@contextlib.contextmanager
def lent() -> Iterator[None]:
    """Serve `import tensorflow` for this while only: for a library written for TensorFlow that we import ourselves.

    A TensorFlow that has been imported is put aside for as long.
    """
    if _installed():
        yield
        return
    kept = _take_modules()
    finder = Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        _take_modules()
        sys.modules.update(kept)


def _installed() -> bool:
    return any(isinstance(finder, Finder) for finder in sys.meta_path)


def _take_modules() -> dict[str, ModuleType]:
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "tensorflow"}
