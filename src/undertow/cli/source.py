"""From the text of a script or a notebook to code, with the lines that only IPython understands taken out."""

from __future__ import annotations

import json
import linecache
import re
import sys
from typing import Any

# `%matplotlib inline`, `%%time`, `!ls`, `!pip install x`; `%time f()` runs a statement, which stays.
_MAGIC = re.compile(r"(?P<indent>\s*)(?:%{1,2}(?P<name>[A-Za-z_]\w*)|!)(?P<rest>.*)")
_RUNS_ITS_LINE = ("time", "prun", "memit")
_RUNS_ITS_CELL = ("time", "timeit", "capture", "prun", "memit")


class NotebookError(ValueError):
    """The file is no notebook."""


def compile_script(source: bytes, filename: str, flags: int = 0) -> list[Any]:
    """The code of a script; its IPython lines, if Python cannot read it with them, are left out and told on stderr.

    `flags` are those of Python's `compile`: with `ast.PyCF_ONLY_AST` the trees are what comes back.

    Raises:
      SyntaxError: it is not Python even so.
    """
    try:
        return [compile(source, filename, "exec", flags, dont_inherit=True)]
    except (SyntaxError, ValueError):
        if not any(_MAGIC.match(line) for line in source.decode("utf-8", "replace").splitlines()):
            raise
    code, left_out = _without_magics(source.decode("utf-8"), filename, flags)
    _tell(filename, left_out)
    return [code]


def compile_notebook(source: bytes, filename: str, flags: int = 0) -> list[Any]:
    """The code of a notebook's cells, in order. A traceback names the cell, counted among the code cells from 1.

    Raises:
      NotebookError: the file is not a notebook in JSON.
      SyntaxError: a cell is not Python.
    """
    codes: list[Any] = []
    left_out: list[str] = []
    for number, text in enumerate(_cells(source), start=1):
        name = f"{filename}, cell {number}"
        first = text.lstrip().split("\n", 1)[0]
        magic = re.match(r"%%(\w+)", first)
        if magic and magic[1] not in _RUNS_ITS_CELL:  # %%bash, %%html, %%writefile …: the cell is not Python
            left_out.append(first)
            continue
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        code, lines = _without_magics(text, name, flags)
        codes.append(code)
        left_out += lines
    _tell(filename, left_out)
    return codes


def _cells(source: bytes) -> list[str]:
    """The text of each code cell of a notebook, of the current format or of version 3."""
    try:
        notebook: Any = json.loads(source)
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        texts = [cell.get("source", cell.get("input", "")) for cell in cells if cell["cell_type"] == "code"]
        return ["".join(text) for text in texts]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NotebookError("it is not a Jupyter notebook") from error


def _without_magics(text: str, filename: str, flags: int) -> tuple[Any, list[str]]:
    """The code of `text`, and the IPython lines left out of it. A line counts only where Python stumbles over it."""
    lines = text.split("\n")
    left_out: list[str] = []
    while True:
        try:
            return compile("\n".join(lines), filename, "exec", flags, dont_inherit=True), left_out
        except SyntaxError as error:
            at = _stumble(lines, error)
            if at is None:
                raise
            left_out.append(lines[at].strip())
            lines[at] = _plain(lines[at])


def _stumble(lines: list[str], error: SyntaxError) -> int | None:
    """The line of the magic that `error` is about: the one it names, or else the first there is."""
    at = (error.lineno or 0) - 1
    if 0 <= at < len(lines) and _MAGIC.match(lines[at]):
        return at
    return next((i for i, line in enumerate(lines) if _MAGIC.match(line)), None)


def _plain(line: str) -> str:
    """What stands in for a magic: the statement that `%time` times, or `pass`, at the same depth."""
    magic = _MAGIC.match(line)
    assert magic is not None
    statement = magic["rest"].strip() if magic["name"] in _RUNS_ITS_LINE and "%%" not in line else ""
    return magic["indent"] + (statement or "pass")


def _tell(filename: str, left_out: list[str]) -> None:
    if left_out:
        others = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
        print(f"undertow: {filename}: left out what only IPython runs: {left_out[0]}{others}", file=sys.stderr)
