"""Pictures of a network: its images, errors, filters and outputs.

matplotlib is imported when the first of these is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from undertow.inspect.confusion import confusion_matrix, plot_confusion_matrix
    from undertow.inspect.figures import save_figure
    from undertow.inspect.images import plot_errors, plot_images
    from undertow.inspect.layers import plot_filters, plot_outputs
    from undertow.inspect.lookup import layer_kernel, layer_output

_HOMES = {
    "confusion_matrix": "confusion",
    "layer_kernel": "lookup",
    "layer_output": "lookup",
    "plot_confusion_matrix": "confusion",
    "plot_errors": "images",
    "plot_filters": "layers",
    "plot_images": "images",
    "plot_outputs": "layers",
    "save_figure": "figures",
}

__all__ = [
    "confusion_matrix",
    "layer_kernel",
    "layer_output",
    "plot_confusion_matrix",
    "plot_errors",
    "plot_filters",
    "plot_images",
    "plot_outputs",
    "save_figure",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
