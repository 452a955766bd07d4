"""`undertow check`: which names of TensorFlow's a program uses that Undertow has not, without running it."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from undertow.cli.program import refuse
from undertow.cli.source import NotebookError, compile_notebook, compile_script

_GUARDS = {"ImportError", "ModuleNotFoundError", "AttributeError", "Exception"}


@dataclass
class Use:
    """A name of TensorFlow's in a program: where it stands, and what is wrong with it, if something is."""

    name: str
    file: str
    line: int
    missing: str | None = None


def check(programs: list[str]) -> None:
    """Print a line for each name that is missing in the programs: files, notebooks, or folders of them.

    Raises:
      SystemExit: with 1 if something is missing or a file cannot be read.
    """
    uses: dict[str, Use] = {}
    files = [file for program in programs for file in _files(program)]
    unreadable = []
    for file in files:
        try:
            trees = _trees(file)
        except _UnreadableError as error:
            unreadable.append(str(error))
            continue
        for number, tree in enumerate(trees, start=1):
            place = f"{file}, cell {number}" if file.endswith(".ipynb") else file
            for use in uses_of(tree, place):
                uses.setdefault(use.name, use)
    for sentence in unreadable:
        print(f"undertow: {sentence}", file=sys.stderr)
    missing: dict[str, Use] = {}  # by what is said of it: of all names in a module that is missing, the first
    for use in uses.values():
        if use.missing:
            missing.setdefault(use.missing, use)
    subject = programs[0] if len(programs) == 1 else f"{len(files)} files"
    if missing:
        print(f"{subject}: {len(missing)} of {len(uses)} TensorFlow names are missing.")
    elif len(unreadable) < len(files):
        print(f"{subject}: all {len(uses)} TensorFlow names are there.")
    for use in missing.values():
        print(f"{use.file}:{use.line}: {use.missing}")
    if missing or unreadable:
        sys.exit(1)


class _UnreadableError(Exception):
    """A file is no program that can be read; the sentence says why."""


def _files(program: str) -> list[str]:
    if not os.path.isdir(program):
        return [program]
    found = [
        os.path.join(folder, name)
        for folder, _, names in sorted(os.walk(program))
        for name in sorted(names)
        if name.endswith((".py", ".ipynb")) and "/." not in folder
    ]
    return found or refuse(f"{program}: the folder holds no program", code=1)


def _trees(file: str) -> list[ast.Module]:
    try:
        with open(file, "rb") as opened:
            source = opened.read()
        read = compile_notebook if file.endswith(".ipynb") else compile_script
        return read(source, file, ast.PyCF_ONLY_AST)
    except OSError as error:
        raise _UnreadableError(f"cannot read {file}: {error.strerror}") from None
    except SyntaxError as error:
        raise _UnreadableError(f"{error.filename}:{error.lineno}: this is not Python 3: {error.msg}") from None
    except (NotebookError, ValueError, RecursionError) as error:
        raise _UnreadableError(f"cannot read {file}: {error}") from None


@dataclass
class _Names:
    """What a program calls TensorFlow's modules, and what it does not mean by these names elsewhere."""

    aliases: dict[str, str] = field(default_factory=dict)  # the program's name -> TensorFlow's full one
    found: list[Use] = field(default_factory=list)


def uses_of(tree: ast.Module, file: str) -> list[Use]:
    """The uses of TensorFlow's names in a program, in its order. What a program has a way without is left out."""
    names = _Names()
    nodes = list(_unguarded(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            _import(node, file, names)
        elif isinstance(node, ast.ImportFrom) and not node.level and _is_ours(node.module or ""):
            _import_from(node, file, names)
    _follow_assignments(nodes, names.aliases)
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and id(node) not in inner and isinstance(node.ctx, ast.Load):
            full = _full_name(node, names.aliases)
            if full:
                names.found.append(_use(full, file, node.lineno))
    return sorted(names.found, key=lambda use: use.line)


def _unguarded(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those in a `try` that catches what a missing name raises."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Try) and any(map(_catches, node.handlers)):
            for part in (*node.handlers, *node.orelse, *node.finalbody):
                yield from _unguarded(part)
            continue
        yield node
        yield from _unguarded(node)


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _GUARDS for kind in kinds)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == "tensorflow"


def _import(node: ast.Import, file: str, names: _Names) -> None:
    for item in node.names:
        if _is_ours(item.name):
            names.aliases[item.asname or "tensorflow"] = item.name if item.asname else "tensorflow"
            if item.name != "tensorflow":
                names.found.append(_use(item.name, file, node.lineno, a_module=True))


def _import_from(node: ast.ImportFrom, file: str, names: _Names) -> None:
    for item in node.names:
        full = f"{node.module}.{item.name}"
        if item.name == "*":
            names.found.append(_use(node.module or "", file, node.lineno, a_module=True))
            continue
        names.aliases[item.asname or item.name] = full
        names.found.append(_use(full, file, node.lineno))


def _follow_assignments(nodes: Iterable[ast.AST], aliases: dict[str, str]) -> None:
    """`slim = tf.contrib.slim` gives a module another name, unless something else has that name too."""
    given: dict[str, list[ast.AST]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            given.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.arg):
            given.setdefault(node.arg, []).append(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.setdefault(node.id, [])
    for name, values in given.items():
        full = _full_name(values[0], aliases) if len(values) == 1 else None
        if full and isinstance(_resolve(full)[0], ModuleType):
            aliases.setdefault(name, full)
        elif values:
            aliases.pop(name, None)


def _full_name(node: ast.AST, aliases: dict[str, str]) -> str | None:
    """TensorFlow's name of `alias.a.b`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in aliases:
        return None
    return ".".join([aliases[node.id], *reversed(parts)])


def _use(full: str, file: str, line: int, a_module: bool = False) -> Use:
    value, missing = _resolve(full)
    if not missing and a_module and not isinstance(value, ModuleType):
        missing = f"No module named {full!r}: it is not built in Undertow"
    return Use(full, file, line, missing)


def _resolve(full: str) -> tuple[Any, str | None]:
    """What a name stands for, as far as it can be told without running the program; or what is wrong with it."""
    from undertow.compat.finder import find_module

    parts = full.split(".")
    value: Any = find_module(parts[0])
    for at, part in enumerate(parts[1:], start=2):
        if not isinstance(value, (ModuleType, type)):
            break  # an attribute of a value: that is known when the program runs
        try:
            value = getattr(value, part)
        except AttributeError as error:
            module = find_module(".".join(parts[:at])) if isinstance(value, ModuleType) else None
            if module is None:
                said, short = str(error), ".".join(["tf", *parts[1:at]])
                return None, said if "Undertow" in said else f"{short} is not built in Undertow."
            value = module
        except ImportError as error:
            return None, f"{'.'.join(parts[:at])}: {error}"
    return value, None
