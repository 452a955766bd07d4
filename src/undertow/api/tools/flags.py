"""A tool run as a command, as `python -m tensorflow.python.tools.freeze_graph --input_graph=…` was."""

from __future__ import annotations

import argparse
import inspect
import sys
import typing
from collections.abc import Callable
from typing import Any


def run_with_flags(tool: Callable[..., Any], **defaults: Any) -> None:
    """Call `tool` with its arguments as flags; one that is not given and has no default is "" or False.

    Raises:
      SystemExit: with 1 and a sentence on stderr, if a file is wrong; with 2 if a flag is.
    """
    parser = argparse.ArgumentParser(description=(tool.__doc__ or "").splitlines()[0])
    kinds = typing.get_type_hints(tool)
    for name, parameter in inspect.signature(tool).parameters.items():
        kind = kinds[name]
        plain = kind if kind in (bool, int) else str
        default = defaults.get(name, plain() if parameter.default is parameter.empty else parameter.default)
        if plain is bool:
            parser.add_argument(f"--{name}", type=_truth, nargs="?", const=True, default=default)
        else:
            parser.add_argument(f"--{name}", type=plain, default=default)
    try:
        tool(**vars(parser.parse_args()))
    except (OSError, ValueError, AssertionError, KeyError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"True or False, not {text!r}")
    return text.lower() == "true"
