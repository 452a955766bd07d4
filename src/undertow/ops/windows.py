"""Windows that slide over an image: what convolutions and pools share about sizes, paddings and data formats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..graph.shape import TensorShape
from .rules import with_rank

FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}  # by number of spatial dimensions


def format_of(count: int, data_format: str | None) -> str:
    """The data format for `count` spatial dimensions, channels last if none is told."""
    if data_format is None:
        return FORMATS[count][0]
    if data_format not in FORMATS[count]:
        raise ValueError(f"data_format must be {' or '.join(FORMATS[count])}, got {data_format!r}.")
    return data_format


def channels_first(data_format: str | None) -> bool:
    return data_format is not None and data_format.startswith("NC")


def spatial_axes(rank: int, data_format: str | None) -> range:
    """The axes of an image batch of this rank that are neither batch nor channels."""
    return range(2, rank) if channels_first(data_format) else range(1, rank - 1)


def whole_list(value: Any, rank: int, data_format: str | None, what: str) -> list[int]:
    """`value` for every axis of an image batch: it may be one int, or be given for the spatial axes only."""
    given = list(value) if isinstance(value, (list, tuple)) or hasattr(value, "__len__") else [value]
    count = rank - 2
    if len(given) == rank:
        return given
    if len(given) not in (1, count):
        raise ValueError(
            f"{what} should be of length 1, {count} or {rank}. Received: {what}={value} of length {len(given)}"
        )
    spatial = given * count if len(given) == 1 else given
    return [1, 1, *spatial] if channels_first(data_format) else [1, *spatial, 1]


def explicit(padding: Any) -> tuple[Any, list[int]]:
    """The `padding` and `explicit_paddings` attrs for a padding told as a word or as a pair for each axis."""
    if isinstance(padding, (str, bytes)) or padding is None:
        return padding, []
    pairs_given = isinstance(padding, (list, tuple)) and all(
        isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in padding
    )
    if not pairs_given:
        raise ValueError(f"padding must be a word or a list of a (before, after) pair for each axis, got {padding!r}.")
    return "EXPLICIT", [int(side) for pair in padding for side in pair]


def output_size(
    size: int | None, window: int | None, stride: int, padding: str, dilation: int = 1, sides: Sequence[int] = (0, 0)
) -> int | None:
    """How many windows fit along an axis; `ValueError` if not even one does."""
    if size is None or (padding != "SAME" and window is None):
        return None
    if padding == "SAME":
        return -(-size // stride)
    reach = (window - 1) * dilation + 1  # type: ignore[operator]
    size += sides[0] + sides[1]
    if size < reach:
        raise ValueError(f"Negative dimension size caused by subtracting {reach} from {size}")
    return (size - reach) // stride + 1


def sides_of(
    size: int, window: int, stride: int, padding: str, dilation: int = 1, sides: Sequence[int] = (0, 0)
) -> tuple[int, int]:
    """The padding before and after an axis; the odd row of SAME goes after."""
    if padding == "SAME":
        total = max((-(-size // stride) - 1) * stride + (window - 1) * dilation + 1 - size, 0)
        return total // 2, total - total // 2
    return (sides[0], sides[1]) if padding == "EXPLICIT" else (0, 0)


def pairs(explicit_paddings: Sequence[int], axis: int) -> Sequence[int]:
    """The explicit padding of one axis."""
    return explicit_paddings[2 * axis : 2 * axis + 2] or (0, 0)


def _check_explicit(explicit_paddings: Sequence[int], rank: int, data_format: str) -> None:
    if len(explicit_paddings) != 2 * rank:
        raise ValueError(f"explicit_paddings must be {2 * rank} numbers, got {len(explicit_paddings)}")
    if min(explicit_paddings) < 0:
        raise ValueError(f"All elements of explicit_paddings must be nonnegative, got {list(explicit_paddings)}")
    others = set(range(rank)) - set(spatial_axes(rank, data_format))
    if any(any(pairs(explicit_paddings, axis)) for axis in others):
        raise ValueError("Nonzero explicit padding in the batch or depth dimensions is not supported")


def windowed_shape(
    image: TensorShape,
    rank: int,
    window: Callable[[int], int | None],
    strides: Sequence[int],
    padding: str,
    data_format: str,
    channels: int | None,
    dilations: Sequence[int] | None = None,
    explicit_paddings: Sequence[int] = (),
) -> TensorShape:
    """The shape of an image batch after a window went over it; `window` tells its size along the i-th spatial axis."""
    dims = list(with_rank(image, rank))
    if padding == "EXPLICIT":
        _check_explicit(explicit_paddings, rank, data_format)
    for i, axis in enumerate(spatial_axes(rank, data_format)):
        dilation = 1 if dilations is None else dilations[axis]
        sides = pairs(explicit_paddings, axis)
        dims[axis] = output_size(dims[axis], window(i), strides[axis], padding, dilation, sides)
    dims[1 if channels_first(data_format) else rank - 1] = channels
    return TensorShape.of(dims)
