"""TensorFlow's private module paths: `tensorflow.python.ops.array_ops` and its like.

A program or a test of TensorFlow 1 that reaches for `nn_ops.conv2d` means `tf.nn.conv2d`. So a private module is
a search: its own path says which public namespaces are looked through, then `tf` itself.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
from collections.abc import Iterator
from importlib.resources import files
from types import ModuleType
from typing import Any

from undertow.compat.face import public, public_module
from undertow.compat.private_names import MODULES, NAMES

# A part of a private path -> the public namespaces it stands for, where it is not the namespace's own name.
_ALIASES = {
    "backprop": ("",),
    "base_layer": ("layers", "keras.layers"),
    "benchmark": ("test",),
    "check_ops": ("debugging",),
    "control_imports": ("",),
    "core_rnn_cell": ("contrib.rnn", "nn.rnn_cell"),
    "ctc": ("nn",),
    "device_spec": ("",),
    "embedding": ("nn",),
    "errors_impl": ("errors",),
    "feature_column_lib": ("feature_column",),
    "feature_column_v2": ("feature_column",),
    "file_io": ("gfile", "io"),
    "framework_lib": ("", "train"),
    "googletest": ("test",),
    "gradient_checker": ("test",),
    "init": ("initializers", "keras.initializers"),
    "candidate_sampling": ("nn",),
    "input_spec": ("layers", "keras.layers"),
    "parsing": ("io",),
    "pywrap_tensorflow": ("train",),
    "rnn": ("nn",),
    "rnn_cell": ("nn.rnn_cell",),
    "special_math": ("math",),
    "string": ("strings",),
    "summary_iterator": ("train",),
    "tf_logging": ("logging",),
    "tf_record": ("python_io", "io"),
    "training": ("train", "train.experimental"),
    "writer": ("summary",),
}

# A private package -> the floors of ours that may have a file of the same name as its module.
_FLOORS = {
    "python.client": ("runtime",),
    "python.framework": ("graph", "ops"),
    "python.layers": ("api.layers",),
    "python.ops": ("ops", "api", "api.layers"),
    "python.saved_model": ("api.saved_model",),
    "python.tools": ("api.tools",),
    "python.training": ("api.train",),
    "python.util": ("graph",),
}

_GENERATED = re.compile(r"python\.ops\.gen_\w+|python\.training\.gen_\w+|python\.framework\.test_ops")
_MESSAGES = re.compile(r"(core(\.\w+)*|python\.training)\.(?P<module>\w+_pb2)")
_CORE = frozenset(["core", "core.example", "core.framework", "core.lib", "core.lib.core", "core.protobuf", "core.util"])


@functools.cache
def _known() -> frozenset[str]:
    """Every private module path of TensorFlow 1.15, without the leading `tensorflow.`."""
    paths = set()
    for line in (files("undertow.compat") / "modules.txt").read_text("ascii").splitlines():
        if not line.startswith("#"):
            package, _, names = line.partition(": ")
            paths.add(package)
            paths.update(f"{package}.{name}" for name in names.split())
    return frozenset(paths)


def exists(path: str) -> bool:
    """Whether TensorFlow 1.15 has a private module `tensorflow.<path>`."""
    if path.startswith("core"):
        return path in _CORE or bool(_MESSAGES.fullmatch(path))
    return path in _known() or bool(_GENERATED.fullmatch(path) or _MESSAGES.fullmatch(path))


# A private module that is one of ours, so that what a program replaces in it is replaced everywhere.
_SAME = {"python.platform.tf_logging": "undertow.api.logging"}


# Messages that a later TensorFlow has in a file of their own.
_MOVED_MESSAGES = {"config_pb2": {"RPCOptions": "rpc_options_pb2"}}


class OldModule(ModuleType):
    """A private module of TensorFlow's; each name is looked for when it is asked for."""

    def __init__(self, path: str) -> None:
        super().__init__(f"tensorflow.{path}", f"TensorFlow 1's private module {path}, answered from the public names.")
        self.__path__: list[str] = []
        self._path = path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        value = _listed(self._path, name)  # first: contrib's `ops.arg_scope` is a function and a module
        if value is _MISSING:
            value = old_module(f"{self._path}.{name}") or _lookup(self._path, name)
        setattr(self, name, value)
        return value


@functools.cache
def old_module(path: str) -> ModuleType | None:
    """The one module for `tensorflow.<path>`, or None if TensorFlow 1.15 had no such private module."""
    if not exists(path):
        return None
    if path in _SAME:
        return importlib.import_module(_SAME[path])
    message = _MESSAGES.fullmatch(path)
    if message:
        name = f"tensorboard.compat.proto.{message['module']}"
        try:
            module = importlib.import_module(name)
            for moved, home in _MOVED_MESSAGES.get(message["module"], {}).items():
                setattr(module, moved, getattr(importlib.import_module(f"tensorboard.compat.proto.{home}"), moved))
            return module
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    return OldModule(path)


def _lookup(path: str, name: str) -> Any:
    """The object that `name` means in the private module `path`.

    Raises:
      AttributeError: it is nowhere.
    """
    first = _raw if _GENERATED.fullmatch(path) else _public
    for look in (_ours, first, _first_version, _mirrored, _raw, _sibling):
        value = look(path, name)
        if value is not _MISSING:
            return value
    raise AttributeError(f"tensorflow.{path}.{name} is not built in Undertow")


def _listed(path: str, name: str) -> Any:
    """From the list of names that have a place of their own."""
    module, _, attribute = NAMES.get(f"{path}.{name}", "").partition(":")
    try:
        return getattr(importlib.import_module(module), attribute) if module else _MISSING
    except (AttributeError, ModuleNotFoundError):
        return _MISSING


def _ours(path: str, name: str) -> Any:
    """From the modules of ours that stand for this one."""
    return _first(map(importlib.import_module, MODULES.get(path, "").split()), name)


def _public(path: str, name: str) -> Any:
    """From the public namespaces."""
    return _first(filter(None, map(_namespace, search_order(path))), name)


def _first_version(path: str, name: str) -> Any:
    """`VariableV1` and `constant_v1` are what the public names without the ending are."""
    short = re.sub(r"(_v1|V1)$", "", name)
    return _MISSING if short == name else _public(path, short)


def _mirrored(path: str, name: str) -> Any:
    """From the file of ours that has the module's name: `ops/control_flow.py` for `control_flow_ops`."""
    package, _, leaf = path.rpartition(".")
    names = dict.fromkeys((leaf, _stem(leaf)))
    return _first(filter(None, (_module(f"{floor}.{n}") for floor in _FLOORS.get(package, ()) for n in names)), name)


def _module(path: str) -> ModuleType | None:
    exists_here = importlib.util.find_spec(f"undertow.{path}") is not None
    return importlib.import_module(f"undertow.{path}") if exists_here else None


def _stem(part: str) -> str:
    """`nn_ops`, `nn_impl` and `nn_ops_v2` are about `nn`."""
    return re.sub(r"(_ops)?(_impl|_lib|_v2)?$", "", part) or part


def _raw(path: str, name: str) -> Any:
    """The op whose generated function has this name; the modules of Python functions show those too.

    There a name that ends in `_v2` is not an op but TensorFlow 2's function.
    """
    if not (path.startswith(("python.ops", "python.training", "contrib")) or _GENERATED.fullmatch(path)):
        return _MISSING
    if name.endswith("_v2") and not _GENERATED.fullmatch(path):
        return _MISSING
    op_type = _op_types().get(name.replace("_", "").lower())
    if op_type is None:
        return _MISSING
    from undertow.ops import raw  # here, so that serving the names does not load the graph

    return raw.function(op_type)


@functools.cache
def _op_types() -> dict[str, str]:
    """Every op's type by its Python name without underscores: `conv2d_backprop_input` is Conv2DBackpropInput."""
    from undertow.ops import registry

    return {op_type.lower(): op_type for op_type in registry.names()}


def _sibling(path: str, name: str) -> Any:
    """A module that this one imports from its own package: `nn_ops.gen_nn_ops`."""
    return old_module(f"{path.rpartition('.')[0]}.{name}") or _MISSING


_MISSING = object()


def _first(places: Iterator[Any], name: str) -> Any:
    return next((value for place in places if (value := getattr(place, name, _MISSING)) is not _MISSING), _MISSING)


def _namespace(path: str) -> ModuleType | None:
    found = public_module(path) if path else public("")
    return None if isinstance(found, OldModule) else found


@functools.cache
def search_order(path: str) -> tuple[str, ...]:
    """The public namespaces where a name of the private module `path` is looked for, best first.

    `python.ops.nn_ops` is `nn`, then `tf` itself; `contrib.layers.python.layers.utils` begins with
    `contrib.layers.utils` and `contrib.layers`.
    """
    *home, rest = path.split(".python.", 1) if path.startswith("contrib.") else [path.partition(".")[2]]
    whole = rest.split(".")
    order: list[str] = []
    if home:
        order += [f"{home[0]}.{'.'.join(whole[i:])}" for i in range(len(whole))]
        order.append(home[0])
    for start in range(len(whole)):  # saved_model.tag_constants, keras.layers …
        order += [".".join(whole[start:end]) for end in range(len(whole), start + 1, -1)]
    for part in reversed(whole):
        stem = _stem(part)
        order += _ALIASES.get(part) or _ALIASES.get(stem) or (part, stem)
    return tuple(dict.fromkeys([*order, ""]))
