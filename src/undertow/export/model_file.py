"""A module as files: `model.py`, its source, and `model.safetensors`, its weights. Nothing is pickled."""

from __future__ import annotations

import inspect
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import fx

from ..formats.os_errors import os_errors
from ..formats.whole import write_whole
from ..graph import errors
from . import functions, leaf
from .exported import ExportedModule
from .safetensors_file import tensors_as_bytes
from .source import forward_source, helpers, path_source


def write_torch(module: ExportedModule, folder: str | os.PathLike[str]) -> None:
    """Write `model.py` and `model.safetensors` into a new folder, whole or not at all.

    `model.load()` there gives the module. It needs torch and safetensors; Undertow only if it says so at its top.

    Raises:
      AlreadyExistsError: there is something of that name.
      NotFoundError, PermissionDeniedError …: the operating system said no.
    """
    target = Path(folder)
    if target.exists():
        raise errors.AlreadyExistsError(None, None, f"{target}: there is something of that name already.")
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    weights = tensors_as_bytes(module.state_dict(), {"tensorflow_names": json.dumps(module.tensorflow_names)})
    with os_errors(target):
        try:
            unfinished.mkdir()
            write_whole(unfinished / "model.py", model_source(module).encode())
            write_whole(unfinished / "model.safetensors", weights)
            os.rename(unfinished, target)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise


def model_source(module: ExportedModule) -> str:
    """The text of `model.py`."""
    classes: list[str] = []
    called: dict[Any, None] = {}
    _class("Model", module, classes, called)
    ours = _with_what_they_call(called)
    head = [
        '"""Exported from TensorFlow 1 by Undertow.',
        "",
        f"Model.forward takes {_told(module.inputs)}; it gives {_told(module.outputs)}.",
        "load() gives a Model with the weights in model.safetensors.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from pathlib import Path",
        *(["from typing import Any"] if ours else []),
        "",
        "import torch",
        "import torch.nn.functional as F",
        "from safetensors.torch import load_file",
        *(["from torch import Tensor"] if ours else []),
        *(["from undertow.export.leaf import kernel"] if leaf.kernel in called else []),
    ]
    parts = ["\n".join(head) + "\n", *(inspect.getsource(f) for f in ours), *classes, _LOAD]
    return "\n\n".join(parts)


_LOAD = '''def load(weights=Path(__file__).with_name("model.safetensors")):
    """A Model with these weights."""
    model = Model()
    model.load_state_dict(load_file(weights))
    return model
'''


def _told(names: Iterable[str]) -> str:
    return ", ".join(repr(name).replace("\\", "/").replace('"', "'") for name in names) or "nothing"


def _with_what_they_call(called: Iterable[Any]) -> list[Any]:
    """Those of `functions.py` among `called`, and those that they call, in the order of that file."""
    known = {
        name: item for name, item in vars(functions).items() if getattr(item, "__module__", "") == functions.__name__
    }
    wanted, stack = set(), [item for item in called if item in known.values()]
    while stack:
        item = stack.pop()
        if item not in wanted:
            wanted.add(item)
            code = getattr(item, "__code__", None)
            stack += [known[name] for name in (code.co_names if code else ()) if name in known]
    return [item for item in known.values() if item in wanted]


def _class(name: str, module: fx.GraphModule, classes: list[str], called: dict[Any, None]) -> None:
    """Add the source of a class that is `module`, after those of the loops in it."""
    called.update(dict.fromkeys(helpers(module.graph)))
    contents = list(_contents(module))
    loops: list[Any] = [item for _, item in contents if isinstance(item, functions.Loop)]
    names = {loop: f"{name}Loop{number}" for number, loop in enumerate(loops, 1)}
    for loop, own in names.items():
        called[functions.Loop] = None
        _class(f"{own}Condition", loop.condition, classes, called)
        _class(f"{own}Body", loop.body, classes, called)
    body = "".join(f"        {_assignment(path, item, names)}\n" for path, item in contents)
    forward = "".join(f"    {line}\n" for line in forward_source(module.graph).splitlines())
    head = f"class {name}(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    classes.append(f"{head}{body}\n{forward}")


def _contents(module: torch.nn.Module) -> Iterator[tuple[str, Any]]:
    """Everything under a module by its path, containers before what is in them."""
    for name, tensor in (*module._parameters.items(), *module._buffers.items()):
        yield name, tensor
    for name, child in module.named_children():
        yield name, child
        if not isinstance(child, functions.Loop):
            yield from ((f"{name}.{path}", item) for path, item in _contents(child))


def _assignment(path: str, item: Any, loops: dict[Any, str]) -> str:
    *parents, name = path.split(".")
    parent = path_source(".".join(parents))
    if isinstance(item, functions.Loop):
        made = f"Loop({loops[item]}Condition(), {loops[item]}Body(), {item.count})"
    elif isinstance(item, torch.nn.Module):
        made = "torch.nn.Module()"
    else:
        kind = "" if item.dtype == torch.float32 else f", dtype={item.dtype}"
        made = f"torch.empty({list(item.shape)}{kind})"
        if not isinstance(item, torch.nn.Parameter):
            return f"{parent}.register_buffer({name!r}, {made})"
        made = f"torch.nn.Parameter({made})"
    return f"{parent}.{name} = {made}" if name.isidentifier() else f"setattr({parent}, {name!r}, {made})"
