"""Running a program as `python` would: its arguments, its `__main__`, its place in `sys.path`, its exit code."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import NoReturn

from undertow.cli.source import NotebookError, compile_notebook, compile_script

_OLD_TOOLS, _TOOLS = "tensorflow.python.tools.", "undertow.api.tools."  # whose modules are commands, too


def run_code(code: str, args: Sequence[str]) -> None:
    """`-c CODE ARGS…`."""
    _stand_at("", ["-c", *args])
    _execute(compile_script(code.encode(), "<string>"))


def run_file(script: str, args: Sequence[str]) -> None:
    """`SCRIPT ARGS…`: a Python file, a notebook, a folder with a `__main__.py`, or `-` for what stands on stdin.

    Raises:
      SystemExit: with 2 and a sentence on stderr, if it cannot be read or is none of these.
    """
    if script == "-":
        _stand_at("", ["-", *args])
        _execute(compile_script(sys.stdin.buffer.read(), "<stdin>"))
        return
    file = os.path.join(script, "__main__.py") if os.path.isdir(script) else script
    try:
        with open(file, "rb") as opened:
            source = opened.read()
    except OSError as error:
        refuse(f"cannot read {file}: {error.strerror}")
    _stand_at(os.path.dirname(os.path.realpath(file)), [script, *args])
    try:
        codes = compile_notebook(source, file) if file.endswith(".ipynb") else compile_script(source, file)
    except NotebookError as error:
        refuse(f"cannot run {file}: {error}")
    _execute(codes, file=file)


def run_module(name: str, args: Sequence[str]) -> None:
    """`-m MODULE ARGS…`: the module, or the `__main__` of the package.

    Raises:
      SystemExit: with 1, as Python has it, and a sentence on stderr, if there is no such module to run.
    """
    _stand_at(os.getcwd(), ["-m", *args])
    if name.startswith(_OLD_TOOLS):
        name = name.replace(_OLD_TOOLS, _TOOLS, 1)
    spec = _find(name)
    if spec is not None and spec.submodule_search_locations is not None:
        name = f"{name}.__main__"
        spec = _find(name)
    if spec is None:
        refuse(f"no module named {name}", code=1)
    code = getattr(spec.loader, "get_code", lambda name: None)(spec.name)
    if code is None:
        refuse(f"the module {name} has no Python code to run", code=1)
    sys.argv[0] = spec.origin or name
    _execute([code], file=spec.origin, spec=spec)


def refuse(sentence: str, code: int = 2) -> NoReturn:
    """Say why there is nothing to run, and leave."""
    print(f"undertow: {sentence}", file=sys.stderr)
    sys.exit(code)


def _stand_at(path: str, argv: list[str]) -> None:
    sys.argv = argv
    if not getattr(sys.flags, "safe_path", False):  # `python -P` puts no folder of the program's there
        sys.path[0] = path


def _find(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            return None
        raise


def _execute(codes: Sequence[CodeType], file: str | None = None, spec: ModuleSpec | None = None) -> None:
    """Run the program; what it raises, SystemExit and KeyboardInterrupt too, is left to Python."""
    main = ModuleType("__main__")
    namespace = main.__dict__
    namespace.update(__builtins__=__builtins__, __annotations__={}, __spec__=spec)
    if file is not None:
        namespace.update(__file__=file, __cached__=None)
    if spec is not None:
        namespace.update(__loader__=spec.loader, __package__=spec.parent, __cached__=spec.cached)
    sys.modules["__main__"] = main
    for code in codes:
        exec(code, namespace)
