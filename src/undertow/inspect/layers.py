"""What a layer has learned and what it sees: its filters, and its output maps for an image."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from undertow.inspect.figures import add_scale, axes_grid
from undertow.inspect.lookup import layer_kernel, layer_output

_CELL_INCHES = 0.8
_SMALLEST_GRID_INCHES = 2.0
_NUMBER_INCHES = 0.1
_SCALE_INCHES = 0.9
_SIGNED, _UNSIGNED = "RdBu_r", "binary"


def plot_filters(
    kernel: Any,
    layer: str | None = None,
    *,
    input_channel: int = 0,
    grid: tuple[int, int] | None = None,
    cmap: str = _SIGNED,
    title: str | None = None,
    axes: Any = None,
) -> Figure:
    """Draw what each filter of a convolution weighs in one input channel: `plot_filters(session, "layer_conv1")`.

    All filters share one scale of colours, symmetric about 0. Its ends are the largest weight of the whole kernel, so
    pictures of two input channels can be compared.

    Args:
      kernel: the weights [height, width, input channels, filters]; or a session, with `layer`.
      layer: the name of the layer in the session's graph.
      input_channel: which input channel.
      grid: (rows, columns); nearly square without it.
      cmap: a matplotlib colour map.
      title: what is drawn, without it; "" for none.
      axes: axes to draw on instead of those of a new figure, one a filter at least.

    Returns:
      The figure.

    Raises:
      ValueError: there is no such layer, its kernel is not of rank 4 or has no such channel, or the grid or the axes
        are too few.
    """
    weights = np.asarray(kernel) if layer is None else layer_kernel(kernel, layer)
    if weights.ndim != 4:
        raise ValueError(
            f"{_the('kernel', layer)} has rank {weights.ndim}, {list(weights.shape)}; "
            "filters are drawn of [height, width, input channels, filters]"
        )
    height, width, channels, filters = weights.shape
    if not 0 <= input_channel < channels:
        raise ValueError(
            f"{_the('kernel', layer)} has {channels} input channels, so there is no number {input_channel}"
        )
    if title is None:
        size = f"{_count(filters, 'filter')}, {height} × {width}"
        title = f"{layer or 'Kernel'}: {size}, input channel {input_channel} of {channels}"
    end = _largest(weights)
    return _draw(weights[:, :, input_channel], (-end, end), "weight", grid, cmap, title, axes)


def plot_outputs(
    values: Any,
    layer: Any = None,
    feed_dict: Mapping[Any, Any] | None = None,
    *,
    image: int = 0,
    data_format: str = "channels_last",
    grid: tuple[int, int] | None = None,
    cmap: str | None = None,
    title: str | None = None,
    axes: Any = None,
) -> Figure:
    """Draw each channel of a layer's output for one image: `plot_outputs(session, "layer_conv1", {x: images})`.

    All maps share one scale of colours: from 0 where nothing is negative, else symmetric about 0.

    Args:
      values: the output [N, H, W, channels], or [H, W, channels] of one image; or a session, with `layer`.
      layer: the name of the layer in the session's graph: its last operation is drawn, the activation if it has one. Or
        a tensor, or its name.
      feed_dict: what the graph needs, as for `session.run`.
      image: which image of the batch.
      data_format: "channels_first" for an output of [N, channels, H, W].
      grid: (rows, columns); nearly square without it.
      cmap: a matplotlib colour map; one for the sign of the values without it.
      title: what is drawn, without it; "" for none.
      axes: axes to draw on instead of those of a new figure, one a channel at least.

    Returns:
      The figure.

    Raises:
      ValueError: there is no such layer, its output is not of rank 4 or has no such image, or the grid or the axes are
        too few.
    """
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"data_format must be 'channels_last' or 'channels_first', got {data_format!r}")
    maps = np.asarray(values) if layer is None else layer_output(values, layer, feed_dict)
    name = None if layer is None else str(getattr(layer, "name", layer))
    if layer is None and maps.ndim == 3:
        maps = maps[np.newaxis]
    if maps.ndim != 4:
        raise ValueError(
            f"{_the('output', name)} has rank {maps.ndim}, {list(maps.shape)}; maps are drawn of [N, H, W, channels]"
        )
    if not 0 <= image < len(maps):
        raise ValueError(f"{_the('output', name)} is of {len(maps)} images, so there is no number {image}")
    chosen = maps[image] if data_format == "channels_last" else np.moveaxis(maps[image], 0, -1)
    if title is None:
        height, width, channels = chosen.shape
        title = f"{name or 'Output'}: {_count(channels, 'map')}, {height} × {width}"
    end = _largest(chosen)
    signed = bool((chosen < 0).any())
    ends = (-end if signed else 0.0, end)
    return _draw(chosen, ends, "output", grid, cmap or (_SIGNED if signed else _UNSIGNED), title, axes)


def _draw(
    maps: np.ndarray,
    ends: tuple[float, float],
    label: str,
    grid: tuple[int, int] | None,
    cmap: str,
    title: str,
    axes: Any,
) -> Figure:
    """Draw maps [H, W, N] on one scale, numbered."""
    height, width, count = maps.shape
    side = max(_CELL_INCHES, _SMALLEST_GRID_INCHES / math.sqrt(max(count, 1)))
    cell = (side * min(max(width / height, 0.5), 3), side * min(max(height / width, 0.5), 3) + _NUMBER_INCHES)
    figure, cells = axes_grid(count, grid, axes, cell, title, margin=_SCALE_INCHES)
    for number, ax in enumerate(cells):
        ax.imshow(maps[:, :, number], cmap=cmap, vmin=ends[0], vmax=ends[1], interpolation="nearest")
        ax.set_title(str(number), fontsize=6, color="0.4", pad=2)
    add_scale(figure, cells, *ends, cmap=cmap, label=label)
    return figure


def _largest(values: np.ndarray) -> float:
    """The largest magnitude, to end a scale with: training gone wrong leaves NaN and infinity, which have no place."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0)) or 1.0


def _the(what: str, layer: str | None) -> str:
    return f"the {what}" if layer is None else f"the {what} of {layer!r}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
