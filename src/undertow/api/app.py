"""`tf.app`: `run`, which parses the flags and calls `main`; `tf.app.flags` is `tf.flags`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/app/run
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

import absl.app

from . import flags as flags


def run(main: Callable[[list[str]], Any] | None = None, argv: list[str] | None = None) -> NoReturn:
    """Parse the flags of `argv` (the command line's), call `main` with what is left, and exit with what it returns.

    `main` is by default the program's own function of that name; it gets a list that begins with the program's name
    and has the flags nobody defined. `--help` prints the flags. A flag of a value it cannot have is told in one
    sentence on stderr, and the process exits with 1, before `main`.
    """
    program = main or getattr(sys.modules["__main__"], "main", None)
    if program is None:
        raise AttributeError(
            "tf.app.run() calls the program's function main, but it has none; pass it as tf.app.run(main)"
        )
    absl.app.define_help_flags()
    try:
        rest = flags.FLAGS(sys.argv if argv is None else argv, known_only=True)
    except flags.Error as error:
        print(
            f"FATAL Flags parsing error:\n  {error}\nPass --helpshort or --helpfull to see help on flags.",
            file=sys.stderr,
        )
        sys.exit(1)
    sys.exit(program(rest))
