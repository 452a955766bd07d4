"""What every picture here shares: a figure of its own, a grid of axes, a scale of colours, a file."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from undertow.formats.whole import write_whole

DPI = 150
_PAD_INCHES = 0.05
_TITLE_INCHES = 0.35
_TITLE_SIZE = 11  # points
_TITLE_CHARACTER_INCHES = 0.092  # of that size, on average, with a little to spare


def new_figure(width: float, height: float, compress: bool = True) -> Figure:
    """A figure of that many inches that no other part of the program knows: `pyplot` neither shows nor keeps it.

    `compress` moves axes together that their pictures do not fill, whatever the titles' width.
    """
    layout = ConstrainedLayoutEngine(w_pad=_PAD_INCHES, h_pad=_PAD_INCHES, compress=compress)
    return Figure(figsize=(width, height), dpi=DPI, layout=layout)


def axes_grid(
    count: int,
    grid: tuple[int, int] | None = None,
    axes: Any = None,
    cell: tuple[float, float] = (1.0, 1.0),
    title: str | None = None,
    margin: float = 0.0,
    compress: bool = True,
) -> tuple[Figure, list[Axes]]:
    """Axes for `count` pictures, without ticks, and their figure.

    Args:
      count: how many pictures there are.
      grid: (rows, columns) to lay them out in, at least as many cells; nearly square without it.
      axes: axes to draw on instead: one, or any nest of them. What stands beyond `count` is hidden.
      cell: width and height of a cell in inches, for a new figure.
      title: stands above a new figure; the figure of given axes keeps its own.
      margin: inches of width to leave for a colour scale.
      compress: as for `new_figure`.

    Returns:
      The figure and `count` axes, row by row.

    Raises:
      ValueError: the grid or the axes are too few.
    """
    if axes is not None:
        given = list(np.ravel(np.asarray(axes, dtype=object)))
        if len(given) < count:
            raise ValueError(f"{count} pictures need {count} axes, got {len(given)}")
        figure = given[0].figure
    else:
        rows, columns = grid or _nearly_square(count)
        if rows * columns < count:
            raise ValueError(f"a grid of {rows} x {columns} has no room for {count} pictures")
        width, height = columns * cell[0] + margin, rows * cell[1]
        if title:
            width, height = max(width, len(title) * _TITLE_CHARACTER_INCHES), height + _TITLE_INCHES
        figure = new_figure(width, height, compress)
        if title:
            figure.suptitle(title, fontsize=_TITLE_SIZE)
        given = list(figure.subplots(rows, columns, squeeze=False).flat)
    for ax in given[:count]:
        ax.set_xticks([])
        ax.set_yticks([])
        for spine in ax.spines.values():
            spine.set(linewidth=0.5, color="0.5")
    for ax in given[count:]:
        ax.set_axis_off()
    return figure, given[:count]


def _nearly_square(count: int) -> tuple[int, int]:
    columns = math.ceil(math.sqrt(max(count, 1)))
    return math.ceil(max(count, 1) / columns), columns


def add_scale(figure: Figure, axes: Iterable[Axes], low: float, high: float, cmap: str, label: str) -> None:
    """A colour scale from `low` to `high` beside the axes."""
    figure.colorbar(
        ScalarMappable(Normalize(low, high), cmap), ax=list(axes), label=label, fraction=0.05, pad=0.02, aspect=30
    )


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write the figure to `path`, whole or not at all, in the format that the name ends with (png, pdf, svg …).

    Raises:
      ValueError: matplotlib knows no such format.
      OSError: the folder is missing or cannot be written to.
    """
    picture = io.BytesIO()
    name = os.fspath(path)
    ending = os.path.splitext(name)[1].lstrip(".")
    figure.savefig(picture, format=ending or "png", bbox_inches="tight", pad_inches=0.1)
    write_whole(name, picture.getvalue())
