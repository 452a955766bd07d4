"""What Python 3.8 to 3.13 removed of its own library and programs of TensorFlow 1's time use."""

from __future__ import annotations

import collections
import collections.abc
import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import undertow.compat.scipy_names as scipy_names
from undertow.compat.after_import import after_import
from undertow.compat.removed import put_back, tell

# module -> {removed name: "module:name" that does the same}.
_RENAMED = {
    "base64": {"encodestring": "base64:encodebytes", "decodestring": "base64:decodebytes"},
    "cgi": {"escape": "html:escape"},
    "fractions": {"gcd": "math:gcd"},
    "inspect": {"getargspec": "undertow.compat.python_names:getargspec"},
    "time": {"clock": "time:process_time"},
    "collections": {
        name: f"collections.abc:{name}"
        for name in collections.abc.__all__
        if name != "Buffer" and not hasattr(collections, name)
    },
}

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")


def getargspec(func: Callable[..., Any]) -> ArgSpec:
    """`inspect.getargspec`'s four fields. It refused annotations; this does not, as Undertow's functions have them."""
    import inspect

    full = inspect.getfullargspec(func)
    return ArgSpec(full.args, full.varargs, full.varkw, full.defaults)


def install() -> None:
    """Serve them; a module of Python's that is not imported yet is patched when it is."""
    for module, names in _RENAMED.items():
        getters = {old: _getter(new) for old, new in names.items()}
        after_import(module, partial(put_back, "python", names=getters))
    if not hasattr(threading.Thread, "isAlive"):
        threading.Thread.isAlive = threading.Thread.is_alive  # type: ignore[attr-defined]
    if not any(isinstance(finder, _Modules) for finder in sys.meta_path):
        sys.meta_path.append(_Modules())


def _getter(spelled: str) -> Callable[[], Any]:
    def get() -> Any:
        module, _, name = spelled.partition(":")
        return getattr(importlib.import_module(module), name)

    return get


class _Modules(MetaPathFinder, Loader):
    """Whole modules that are gone; asked last, so only where Python has no such module any more."""

    names = ("imp", *scipy_names.GONE, "xml.etree.cElementTree")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname in self.names else None

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ in scipy_names.GONE:
            scipy_names.serve(module)
            return
        tell("python", module.__name__)
        if module.__name__ == "imp":
            module.__dict__.update(reload=importlib.reload, new_module=ModuleType, load_source=_load_source)
        else:
            sys.modules[module.__name__] = importlib.import_module("xml.etree.ElementTree")


def _load_source(name: str, pathname: str, file: Any = None) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, pathname)
    if spec is None or spec.loader is None:
        raise ImportError(f"{pathname} is not Python source")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
