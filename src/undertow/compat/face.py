"""The module that a program gets for `import tensorflow`, and the public names below it."""

from __future__ import annotations

import functools
import importlib
from types import ModuleType
from typing import Any

import undertow

VERSION = "1.15.5"

# The folders of our house: `tf.compat` is not `undertow.compat` but `undertow.api.compat`, and `tf.graph` is nothing.
_FLOORS = frozenset("api cli compat export formats graph inspect kernels ops runtime".split())


class Face(ModuleType):
    """`undertow` under TensorFlow's name: the same objects, TensorFlow's version, and no floor of our own house."""

    def __init__(self) -> None:
        super().__init__("tensorflow", undertow.__doc__)
        self.__version__ = VERSION
        self.__git_version__ = f"v{VERSION}"
        self.__file__ = undertow.__file__
        self.__path__: list[str] = []  # a package with no folder: what is below comes from the finder

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return dir(self)
        if name.startswith("__"):
            raise AttributeError(f"module 'tensorflow' has no attribute '{name}'")
        value = self._find(name)
        setattr(self, name, value)
        return value

    def _find(self, name: str) -> Any:
        """Raises: AttributeError, in `undertow`'s words, if there is no such name."""
        if name in _FLOORS:
            module = api_module(name)
            if module is None:
                raise AttributeError(f"tf.{name} is not built in Undertow.", name=name)
            return module
        try:
            return getattr(undertow, name)
        except AttributeError:
            module = api_module(name)
            if module is None:
                raise
            return module

    def __dir__(self) -> list[str]:
        names = {name for name in dir(undertow) if not name.startswith("_")}
        return sorted((names - _FLOORS) | {"compat"})


def api_module(path: str) -> ModuleType | None:
    """The module `undertow.api.<path>`, or None if there is none."""
    name = f"undertow.api.{path}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            return None
        raise


@functools.cache
def face() -> Face:
    """The one `tensorflow` module of this process."""
    return Face()


def public(path: str) -> Any:
    """What the public TensorFlow name `path` stands for: `"nn.relu"`, `"train"`, or `""` for `tf` itself.

    Raises:
      AttributeError: it is not built.
    """
    value: Any = face()
    for part in path.split(".") if path else ():
        value = getattr(value, part)
    return value


def public_module(path: str) -> ModuleType | None:
    """The namespace at the public name `path`, ready to be imported from; None if there is none."""
    try:
        value = public(path)
    except AttributeError:
        value = None
    module = value if isinstance(value, ModuleType) else api_module(path)
    if module is not None and not hasattr(module, "__path__"):
        module.__path__ = []  # `import tensorflow.nn.rnn_cell` asks that `tensorflow.nn` be a package
    return module
