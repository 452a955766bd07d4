"""How often each class was taken for each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm, to_rgb
from matplotlib.figure import Figure

from undertow.inspect.figures import new_figure

_CELL_INCHES = 0.58
_RATES_UP_TO = 15  # classes; beyond that a cell is too small for two lines
_NUMBERS_UP_TO = 40  # classes; beyond that for one
_SMALLEST_GRID_INCHES, _LARGEST_GRID_INCHES = 2.0, 12.0


def class_numbers(classes: Any, what: str = "labels") -> np.ndarray:
    """The class of each example as integers [N], from integers [N] or from one-hot rows or scores [N, classes].

    Raises:
      ValueError: they are of another rank, not whole numbers, or negative; the message calls them `what`.
    """
    array = np.asarray(classes)
    if array.ndim == 2:
        return array.argmax(axis=1)
    if array.ndim != 1:
        raise ValueError(f"{what} must be integers [N] or rows [N, classes], got an array of rank {array.ndim}")
    numbers = array.astype(np.int64)
    if not np.array_equal(numbers, array):
        raise ValueError(f"{what} must be whole numbers, got {array.dtype}")
    if numbers.size and numbers.min() < 0:
        raise ValueError(f"{what} must not be negative, got {numbers.min()}")
    return numbers


def confusion_matrix(labels: Any, predictions: Any, num_classes: int | None = None) -> np.ndarray:
    """Count how often each true class was predicted as each class.

    Args:
      labels: the true classes, integers [N] or one-hot rows [N, classes].
      predictions: the predicted classes, integers [N] or scores [N, classes].
      num_classes: how many classes there are; one more than the highest seen, or the width of the rows, without it.

    Returns:
      int64 [num_classes, num_classes]; row i, column j counts the examples of class i that were predicted as j.

    Raises:
      ValueError: they differ in length, or a class is not below `num_classes`.
    """
    true, predicted = class_numbers(labels, "labels"), class_numbers(predictions, "predictions")
    if len(true) != len(predicted):
        raise ValueError(f"{len(true)} labels cannot be compared with {len(predicted)} predictions")
    widths = [np.shape(rows)[1] for rows in (labels, predictions) if np.ndim(rows) == 2]
    seen = max([int(max(true.max(), predicted.max())) + 1 if true.size else 0, *widths])
    size = seen if num_classes is None else num_classes
    if seen > size:
        raise ValueError(f"class {seen - 1} was seen, but num_classes is {size}")
    return np.bincount(true * size + predicted, minlength=size * size).reshape(size, size)


def plot_confusion_matrix(
    labels: Any,
    predictions: Any,
    class_names: Sequence[str] | None = None,
    cmap: str = "Blues",
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw the confusion matrix: in each cell the count and, below it, its share of the true class.

    The colour is that share, on a scale that keeps small errors visible. Beyond 15 classes the shares are left out,
    beyond 40 the counts too.

    Args:
      labels: the true classes, integers [N] or one-hot rows [N, classes].
      predictions: the predicted classes, integers [N] or scores [N, classes].
      class_names: one name a class; the numbers without it.
      cmap: a matplotlib colour map.
      title: the accuracy without it; "" for none.
      ax: axes to draw on instead of those of a new figure.

    Returns:
      The figure.

    Raises:
      ValueError: labels and predictions differ in length, there are none, or there are more classes than names.
    """
    matrix = confusion_matrix(labels, predictions, None if class_names is None else len(class_names))
    size = len(matrix)
    if not size:
        raise ValueError("there are no labels to draw a confusion matrix of")
    names = [str(n) for n in range(size)] if class_names is None else list(class_names)
    totals = matrix.sum(axis=1, keepdims=True)
    rates = matrix / np.maximum(totals, 1)

    side = min(max(size * _CELL_INCHES, _SMALLEST_GRID_INCHES), _LARGEST_GRID_INCHES)
    if ax is None:
        ax = new_figure(side + 1.6, side + 0.9).subplots()
    figure = ax.figure
    assert isinstance(figure, Figure)
    # The square root lifts an error of 1 % to a tenth of the scale.
    image = ax.imshow(rates, cmap=cmap, norm=PowerNorm(0.5, 0, 1))
    scale = figure.colorbar(image, ax=ax, fraction=0.05, pad=0.03, aspect=30, label="share of the true class")
    scale.set_ticks([0, 0.01, 0.05, 0.2, 0.5, 1], labels=["0", "1 %", "5 %", "20 %", "50 %", "100 %"])
    for row, column in np.ndindex(matrix.shape) if size <= _NUMBERS_UP_TO else ():
        count, rate = int(matrix[row, column]), float(rates[row, column])
        share = f"\n{rate:.1%}" if count and size <= _RATES_UP_TO else ""
        colour = _readable_on(image.to_rgba(rate)) if count else "0.6"  # type: ignore[arg-type]
        font = side / size * (12.5 if share else 16)
        ax.text(column, row, f"{count}{share}", ha="center", va="center", color=colour, fontsize=font)
    _name_axes(ax, names)
    if title is None:
        right, total = int(matrix.trace()), int(matrix.sum())
        title = f"{right:,} of {total:,} right ({right / max(total, 1):.1%})"
    ax.set_title(title)
    return figure


def _name_axes(ax: Axes, names: list[str]) -> None:
    long = max((len(name) for name in names), default=0) > 3
    ax.set_xticks(
        range(len(names)), names, rotation=45 if long else 0, ha="right" if long else "center", rotation_mode="anchor"
    )
    ax.set_yticks(range(len(names)), names)
    ax.set_xlabel("predicted class")
    ax.set_ylabel("true class")
    ax.tick_params(length=0)


def _readable_on(colour: Any) -> str:
    """Black or white, whichever stands out more from `colour` (by its relative luminance)."""
    red, green, blue = to_rgb(colour)
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 else "white"
