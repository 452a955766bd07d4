"""Grids of images: with their true and predicted classes, and those that were got wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from undertow.inspect.confusion import class_numbers
from undertow.inspect.figures import axes_grid

_ONE_LINE = 16  # characters that fit beside each other above an image
_WRONG, _RIGHT = "#b3261e", "#1b1b1b"


def plot_images(
    images: Any,
    labels: Any = None,
    predictions: Any = None,
    *,
    image_shape: Sequence[int] | None = None,
    class_names: Sequence[str] | None = None,
    grid: tuple[int, int] | None = None,
    cmap: str = "binary",
    title: str | None = None,
    axes: Any = None,
) -> Figure:
    """Draw every image given, with its true and predicted class; a wrong prediction stands in red.

    All images share one scale of brightness. Whole numbers are taken as 0 to 255, fractions as 0 to 1; where they
    reach beyond that, the lowest and highest value of all the images are the ends of the scale.

    Args:
      images: [N, H, W], [N, H, W, C] with C of 1 (gray), 3 (RGB) or 4 (RGBA), or flat, [N, H * W * C].
      labels: the true classes, integers [N] or one-hot rows [N, classes].
      predictions: the predicted classes, integers [N] or scores [N, classes].
      image_shape: [H, W] or [H, W, C] of flat images; a square of one channel without it.
      class_names: one name a class; the numbers without it.
      grid: (rows, columns); nearly square without it.
      cmap: a matplotlib colour map for gray images.
      title: stands above a new figure.
      axes: axes to draw on instead of those of a new figure, one an image at least.

    Returns:
      The figure.

    Raises:
      ValueError: the images' shape cannot be drawn, the labels are not as many, or the grid or the axes are too few.
    """
    pictures = _as_pictures(np.asarray(images), image_shape)
    captions = _captions(len(pictures), labels, predictions, class_names)
    lines = max((caption.count("\n") + 1 for caption, _ in captions), default=0)
    widest = max((len(line) for caption, _ in captions for line in caption.split("\n")), default=0)
    height, width = pictures.shape[1:3]
    cell_width = max(1.15 * min(max(width / height, 0.5), 3), 0.077 * widest + 0.1)
    cell = (cell_width, 0.95 * cell_width * min(height / width, 2) + 0.18 * lines)
    figure, cells = axes_grid(len(pictures), grid, axes, cell, title, compress=False)  # captions may be wide
    low, high = _brightness(pictures)
    for ax, picture, (caption, colour) in zip(cells, pictures, captions):
        if picture.ndim == 2:
            ax.imshow(picture, cmap=cmap, vmin=low, vmax=high, interpolation="nearest")
        else:
            ax.imshow(np.clip((picture - low) / (high - low), 0, 1), interpolation="nearest")
        ax.set_title(caption, fontsize=9, color=colour, pad=3)
    return figure


def plot_errors(
    images: Any,
    labels: Any,
    predictions: Any,
    *,
    count: int = 9,
    seed: int | None = None,
    image_shape: Sequence[int] | None = None,
    class_names: Sequence[str] | None = None,
    grid: tuple[int, int] | None = None,
    cmap: str = "binary",
    title: str | None = None,
    axes: Any = None,
) -> Figure:
    """Draw some of the images whose predicted class is not the true one, chosen at random.

    Where there are none, the figure says so.

    Args:
      images: as for `plot_images`: all of them, right and wrong.
      labels: the true classes, integers [N] or one-hot rows [N, classes].
      predictions: the predicted classes, integers [N] or scores [N, classes].
      count: how many to draw at most.
      seed: makes the choice reproducible. NumPy's global generator is left alone.
      image_shape: as for `plot_images`.
      class_names: as for `plot_images`.
      grid: as for `plot_images`.
      cmap: as for `plot_images`.
      title: how many errors there are without it; "" for none.
      axes: as for `plot_images`.

    Returns:
      The figure.

    Raises:
      ValueError: as for `plot_images`.
    """
    images = np.asarray(images)
    true, predicted = class_numbers(labels, "labels"), class_numbers(predictions, "predictions")
    if not len(images) == len(true) == len(predicted):
        raise ValueError(f"{len(images)} images, {len(true)} labels and {len(predicted)} predictions do not match")
    wrong = np.flatnonzero(true != predicted)
    if title is None:
        title = f"{len(wrong):,} of {len(true):,} wrong"
    if not len(wrong):
        return _nothing_wrong(len(true), axes)
    chosen = np.sort(np.random.default_rng(seed).choice(wrong, min(count, len(wrong)), replace=False))
    return plot_images(
        images[chosen],
        true[chosen],
        predicted[chosen],
        image_shape=image_shape,
        class_names=class_names,
        grid=grid,
        cmap=cmap,
        title=title,
        axes=axes,
    )


def _nothing_wrong(examples: int, axes: Any) -> Figure:
    figure, (ax,) = axes_grid(1, axes=axes, cell=(4, 1.2))
    ax.set_axis_off()
    ax.text(0.5, 0.5, f"All {examples:,} predictions are right", ha="center", va="center", transform=ax.transAxes)
    return figure


def _as_pictures(images: np.ndarray, image_shape: Sequence[int] | None) -> np.ndarray:
    """The images as [N, H, W] or [N, H, W, 3 or 4]."""
    if images.ndim == 2 or (images.ndim > 2 and image_shape is not None):
        images = images.reshape(len(images), *_shape_of_flat(math.prod(images.shape[1:]), image_shape))
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    if images.ndim == 3 or (images.ndim == 4 and images.shape[3] in (3, 4)):
        return images
    raise ValueError(f"images must be [N, H, W], [N, H, W, C] with C of 1, 3 or 4, or flat, got {list(images.shape)}")


def _shape_of_flat(length: int, image_shape: Sequence[int] | None) -> tuple[int, ...]:
    if image_shape is None:
        side = math.isqrt(length)
        if side * side != length:
            raise ValueError(f"flat images of {length} values are not square: image_shape must say their form")
        return side, side
    if math.prod(image_shape) != length:
        raise ValueError(f"images of {length} values cannot have image_shape {list(image_shape)}")
    return tuple(image_shape)


def _brightness(pictures: np.ndarray) -> tuple[float, float]:
    """The values to draw as the darkest and the brightest."""
    expected = 1.0 if pictures.dtype.kind in "fb" else 255.0
    low, high = (float(pictures.min()), float(pictures.max())) if pictures.size else (0.0, expected)
    if low >= 0 and high <= expected:
        return 0.0, expected
    return low, high


def _captions(count: int, labels: Any, predictions: Any, class_names: Sequence[str] | None) -> list[tuple[str, str]]:
    """What to write above each image, and in which colour."""
    true = None if labels is None else class_numbers(labels, "labels")
    predicted = None if predictions is None else class_numbers(predictions, "predictions")
    for what, classes in (("labels", true), ("predictions", predicted)):
        if classes is not None and len(classes) != count:
            raise ValueError(f"{count} images cannot have {len(classes)} {what}")
    parts = [
        [
            f"{word} {_name(classes[n], class_names)}"
            for word, classes in (("true", true), ("pred.", predicted))
            if classes is not None
        ]
        for n in range(count)
    ]
    between = ", " if all(len(", ".join(words)) <= _ONE_LINE for words in parts) else "\n"
    wrong = true != predicted if true is not None and predicted is not None else np.zeros(count, bool)
    return [(between.join(words), _WRONG if false else _RIGHT) for words, false in zip(parts, wrong)]


def _name(number: int, class_names: Sequence[str] | None) -> str:
    if class_names is None:
        return str(number)
    if number >= len(class_names):
        raise ValueError(f"class {number} has no name: there are {len(class_names)} class_names")
    return str(class_names[number])
