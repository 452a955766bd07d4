"""A traceback that shows the program's lines: what lies between them and the error is Undertow's own affair."""

from __future__ import annotations

import os
import sys
import sysconfig
from traceback import FrameSummary, StackSummary, TracebackException
from types import TracebackType

import undertow
from undertow.cli import program

_OURS = tuple(os.path.join(os.path.realpath(folder), "") for folder in undertow.__path__)
_STARTER = os.path.realpath(program.__file__)
_LIBRARIES = tuple(
    os.path.join(os.path.realpath(sysconfig.get_path(name)), "") for name in ("stdlib", "purelib", "platlib")
)


def install() -> None:
    """Print uncaught exceptions so, unless the program brings an excepthook of its own."""
    sys.excepthook = _print


def _print(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    shown = TracebackException(kind, error, where)
    _shorten(shown)
    print("".join(shown.format()), end="", file=sys.stderr)


def _shorten(shown: TracebackException) -> None:
    """Drop our frames, here and in the exceptions it came from; one that has no other frame was ours to handle."""
    shown.stack = _program_lines(shown.stack)
    for name in ("__cause__", "__context__"):
        before = getattr(shown, name)
        if before is not None:
            had_frames = bool(before.stack)
            _shorten(before)
            if had_frames and not before.stack:
                setattr(shown, name, None)
    if not shown.stack:
        shown.stack = None  # type: ignore[assignment]  # a SyntaxError in the program itself: no "Traceback" line


def _program_lines(stack: StackSummary) -> StackSummary:
    """The frames that are not ours, nor a library's that we called.

    What a library calls back is the program's again, and so are libraries that the program itself calls.
    """
    kept: list[FrameSummary] = []
    inside = False
    for frame in stack:
        file = os.path.realpath(frame.filename)
        if file == _STARTER:  # so far it was only how Python came to the program
            kept, inside = [], False
        elif file.startswith(_OURS):
            inside = True
        elif inside and (frame.filename.startswith("<frozen ") or file.startswith(_LIBRARIES)):
            continue
        else:
            inside = False
            kept.append(frame)
    return StackSummary.from_list(kept)
