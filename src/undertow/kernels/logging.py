"""Telling what runs: how each op is done."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..graph.errors import InvalidArgumentError
from .printed import in_rows, summarized
from .registry import invalid, kernel


@kernel("Print", view=True, context=True)
def print_(context: Any, x: Any, data: list[Any], *, message: str, first_n: int, summarize: int) -> Any:
    done = context.state.get("printed", 0)
    if first_n < 0 or done < first_n:
        context.state["printed"] = done + 1
        text = "".join(f"[{summarized(value, summarize)}]" for value in data)
        print(f"{message}{text}", file=sys.stderr, flush=True)
    return x


@kernel("StringFormat")
def string_format(inputs: list[Any], *, template: str, placeholder: str, summarize: int) -> np.ndarray:
    first, *rest = template.split(placeholder) if inputs else [template]
    if len(rest) != len(inputs):
        raise invalid(f"{len(rest)} placeholder(s) in template do not match {len(inputs)} tensor(s) provided as input")
    pieces = [first]
    for value, after in zip(inputs, rest):
        pieces += [in_rows(value, summarize), after]
    result = np.empty((), dtype=object)
    result[()] = "".join(pieces).encode()
    return result


@kernel("PrintV2")
def print_v2(text: Any, *, output_stream: str, end: str) -> None:
    line = text[()].decode("utf-8", "backslashreplace")
    if output_stream.startswith("file://"):
        _append(output_stream.removeprefix("file://"), line + end)
    elif output_stream.startswith("log("):
        print(f"{_LETTERS[output_stream]} {line}", end=end, file=sys.stderr, flush=True)
    else:
        print(line, end=end, file=sys.stdout if output_stream == "stdout" else sys.stderr, flush=True)


_LETTERS = {"log(info)": "I", "log(warning)": "W", "log(error)": "E"}


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InvalidArgumentError(None, None, f"Cannot print to {path}: {error.strerror}") from None
