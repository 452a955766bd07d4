"""Pictures on a machine without a screen: what a program shows is saved, or at least does not stop it."""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from undertow.compat.after_import import after_import
from undertow.formats.whole import write_whole


def install(folder: str | os.PathLike[str] | None = None) -> None:
    """Save every `plt.show()` in `folder` as figure-01.png, figure-02.png …, one file an open figure.

    Without `folder`, a machine that has a screen is left alone; on one that has none `plt.show()` shows nothing.
    Matplotlib is not imported here.

    Raises:
      OSError: `folder` cannot be made.
    """
    if folder is None and _has_screen():
        return
    if folder is not None:
        Path(folder).mkdir(parents=True, exist_ok=True)
    os.environ["MPLBACKEND"] = "Agg"
    show = _Show(None if folder is None else Path(folder).resolve())
    after_import("matplotlib", _keep_backend)
    after_import("matplotlib.pyplot", show.replace)


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _keep_backend(matplotlib: Any) -> None:
    """A program may ask for a window toolkit; it gets Agg, which draws without one."""
    if "matplotlib.pyplot" in sys.modules:
        matplotlib.use("Agg", force=True)
    else:
        matplotlib.rcParams["backend"] = "Agg"
    matplotlib.use = lambda *args, **kwargs: None


class _Show:
    """`plt.show` that saves the open figures in `folder` (or nowhere) and closes them, as closing the windows would."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.saved = 0
        self.told = False

    def replace(self, pyplot: Any) -> None:
        self.pyplot = pyplot
        pyplot.show = lambda *args, **kwargs: self.show()  # a plain function: Matplotlib sets its signature
        switch = pyplot.switch_backend
        pyplot.switch_backend = lambda newbackend: switch("Agg")

    def show(self) -> None:
        if self.folder is None and not self.told:
            self.told = True
            print("undertow: there is no screen, so plt.show() shows nothing; --figures DIR saves it", file=sys.stderr)
        for number in self.pyplot.get_fignums():
            if self.folder is not None:
                self._save(self.pyplot.figure(number), self.folder)
        self.pyplot.close("all")

    def _save(self, figure: Any, folder: Path) -> None:
        self.saved += 1
        picture = BytesIO()
        figure.savefig(picture, format="png")
        write_whole(folder / f"figure-{self.saved:02d}.png", picture.getvalue())
