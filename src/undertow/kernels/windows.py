"""Image batches as torch wants them, and what a sliding window needs to know of them.

TensorFlow's [N, H, W, C] seen as [N, C, H, W] is what torch calls channels_last: a view, and the layout its fast
convolutions want. So nothing is copied on the way in or out.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor

from ..ops.windows import channels_first, output_size, pairs, sides_of, spatial_axes
from .registry import invalid

_TO_FIRST = {4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}
_TO_LAST = {4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}


def to_first(x: Tensor, data_format: str) -> Tensor:
    """An image batch with its channels at axis 1, a view."""
    return x if channels_first(data_format) else x.permute(_TO_FIRST[x.dim()])


def from_first(x: Tensor, data_format: str) -> Tensor:
    """The way back from `to_first`."""
    return x if channels_first(data_format) else x.permute(_TO_LAST[x.dim()])


def fill_sides(x: Tensor, sides: Sequence[tuple[int, int]], value: float = 0) -> Tensor:
    """`x`, channels first, with its spatial axes padded by `sides`."""
    return F.pad(x, [n for pair in reversed(sides) for n in pair], value=value)


class Geometry:
    """How a window goes over the spatial axes of an image batch: by what steps, from where, how often."""

    def __init__(
        self,
        shape: Sequence[int],
        window: Sequence[int],
        strides: Sequence[int],
        padding: str,
        data_format: str,
        dilations: Sequence[int] | None = None,
        explicit_paddings: Sequence[int] = (),
    ) -> None:
        axes = spatial_axes(len(shape), data_format)
        channel = 1 if channels_first(data_format) else len(shape) - 1
        dilations = [1] * len(shape) if dilations is None else dilations
        for what, values in (("strides", strides), ("dilations", dilations)):
            if values[0] != 1 or values[channel] != 1:
                raise invalid(f"Current implementation does not yet support {what} in the batch and depth dimensions.")
        if any(side < 0 for side in explicit_paddings):
            raise invalid(f"All elements of explicit_paddings must be nonnegative, got {list(explicit_paddings)}")
        self.window = list(window)
        self.strides = [strides[a] for a in axes]
        self.dilations = [dilations[a] for a in axes]
        self.sides: list[tuple[int, int]] = []
        self.sizes: list[int] = []
        for axis, k in zip(axes, window):
            rest = (strides[axis], padding, dilations[axis], pairs(explicit_paddings, axis))
            try:
                size = output_size(shape[axis], k, *rest)
            except ValueError as error:
                raise invalid(f"{error}.") from None
            assert size is not None
            self.sizes.append(size)
            self.sides.append(sides_of(shape[axis], k, *rest))
        self.before = [before for before, _ in self.sides]
        self.even = all(before == after for before, after in self.sides)

    def opens_at_end(self, sizes: Sequence[int]) -> bool:
        """Whether torch's `ceil_mode`, whose last window may hang over the end, gives these windows."""
        return all(
            n == -(-(size + 2 * b - k) // s) + 1 and (n - 1) * s < size + b
            for size, n, k, s, b in zip(sizes, self.sizes, self.window, self.strides, self.before)
        )
