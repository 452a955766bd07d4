"""The `undertow` command: `app` reads the command line, the other files do what it asks."""

from __future__ import annotations

__version__ = "0.1.0"


def main() -> None:
    """Read the command line, then run the program it names.

    The program runs after Typer has returned, so that its exceptions, its exit code and its Ctrl-C go straight to
    Python, as they would without us.
    """
    from undertow.cli.app import parse

    program = parse()
    program()
