"""What a module's `forward` calls where PyTorch has no function that does as TensorFlow. Nothing but torch is needed.

The source of those that a module calls is written into its `model.py`.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


class Loop(torch.nn.Module):
    """While `condition` holds of the variables, `body` gives their next values; what else comes in stays the same."""

    def __init__(self, condition: torch.nn.Module, body: torch.nn.Module, count: int) -> None:
        super().__init__()
        self.condition = condition
        self.body = body
        self.count = count

    def forward(self, *values: Any) -> Any:
        variables, others = values[: self.count], values[self.count :]
        while bool(self.condition(*variables, *others)):
            variables = self.body(*variables, *others)
        return variables


def choose(pred: Tensor, yes: Any, no: Any) -> Any:
    """`yes` if `pred` holds, else `no`: what a tf.cond gives."""
    if torch.compiler.is_compiling():
        return torch.where(pred, yes, no)
    return yes if bool(pred) else no


# Ties: TensorFlow gives the whole gradient to the first, torch half to each


def maximum(x: Tensor, y: Tensor) -> Tensor:
    return torch.where((x >= y) | x.isnan(), x, y)


def minimum(x: Tensor, y: Tensor) -> Tensor:
    return torch.where((x <= y) | x.isnan(), x, y)


def softmax_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The loss of each row. Its gradient is softmax - labels, as TensorFlow's, whatever the labels add up to."""
    loss = -(labels * torch.log_softmax(logits, -1)).sum(-1)
    if torch.compiler.is_compiling():
        return loss
    total = torch.logsumexp(logits, -1)
    return loss + (1 - labels.sum(-1)).detach() * (total - total.detach())


def div_no_nan(x: Tensor, y: Tensor) -> Tensor:
    zero = y == 0
    return torch.where(zero, 0, x / torch.where(zero, 1, y))


def selu(x: Tensor) -> Tensor:
    # At 0 TensorFlow's gradient is that of the right side, torch's that of the left.
    return 1.0507009873554805 * torch.where(x < 0, 1.6732632423543772 * x.clamp(max=0).expm1(), x)


# Windows: SAME puts the odd row at the end, and depends on the size of the image where the stride is not 1


def same_sides(size: int, window: int, stride: int, dilation: int = 1) -> list[int]:
    total = max((-(-size // stride) - 1) * stride + (window - 1) * dilation + 1 - size, 0)
    return [total // 2, total - total // 2]


def same_pad(x: Tensor, window: list[int], strides: list[int], dilations: list[int], value: float = 0.0) -> Tensor:
    """`x` [N, C, …] padded so that a window of these steps gives ceil(size / stride) outputs."""
    sides: list[int] = []
    for size, *steps in zip(x.shape[2:], window, strides, dilations):
        sides = same_sides(size, *steps) + sides
    return F.pad(x, sides, value=value)


def conv_transpose(
    x: Tensor, weight: Tensor, size: list[int], strides: list[int], dilations: list[int], same: bool
) -> Tensor:
    """The convolution that gives images of this size, transposed."""
    turn = F.conv_transpose2d if x.dim() == 4 else F.conv_transpose3d
    whole = turn(x, weight, stride=strides, dilation=dilations)
    sides: list[int] = []
    for reach, wanted in zip(whole.shape[2:], size):
        before = max(reach - wanted, 0) // 2 if same else 0
        sides = [-before, wanted + before - reach, *sides]
    return F.pad(whole, sides)


def avg_pool_same(x: Tensor, window: list[int], strides: list[int]) -> Tensor:
    """Means over windows, in which the padding of SAME does not count."""
    pool = F.avg_pool2d if x.dim() == 4 else F.avg_pool3d
    ones = [1] * len(window)
    counted = same_pad(torch.ones_like(x[:1, :1]), window, strides, ones)
    return pool(same_pad(x, window, strides, ones), window, strides) / pool(counted, window, strides)


def lrn(x: Tensor, radius: int, bias: float, alpha: float, beta: float) -> Tensor:
    """Each channel over a power of the sum of squares of those at most `radius` away."""
    squares = x.square().reshape(-1, 1, x.shape[3])
    total = F.avg_pool1d(squares, 2 * radius + 1, 1, radius).reshape(x.shape) * (2 * radius + 1)
    return x * (bias + alpha * total).pow(-beta)


def resize_bilinear(x: Tensor, height: int, width: int) -> Tensor:
    """Images [N, H, W, C] resized as TensorFlow did before it had half-pixel centers."""
    for axis, out in ((2, width), (1, height)):
        size = x.shape[axis]
        place = torch.arange(out, device=x.device, dtype=torch.float32) * (size / out)
        low = place.floor().long()
        share = (place - low).reshape([-1] + [1] * (3 - axis))
        first = x.index_select(axis, low.clamp(max=size - 1))
        x = first + (x.index_select(axis, (low + 1).clamp(max=size - 1)) - first) * share
    return x


def resize_nearest(x: Tensor, height: int, width: int) -> Tensor:
    """Images [N, H, W, C] resized as TensorFlow did before it had half-pixel centers."""
    for axis, out in ((2, width), (1, height)):
        place = torch.arange(out, device=x.device, dtype=torch.float32) * (x.shape[axis] / out)
        x = x.index_select(axis, place.long().clamp(max=x.shape[axis] - 1))
    return x


# Parts


def part(x: Tensor, begin: list[int], size: list[int]) -> Tensor:
    """What begins at `begin` and has this size, -1 standing for all that is left."""
    return x[tuple(slice(start, None if count == -1 else start + count) for start, count in zip(begin, size))]


def top_k(x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The largest of the last axis, the first of equals first, and where they are."""
    if torch.compiler.is_compiling():  # ONNX's own puts the first of equals first, torch's need not
        found = torch.topk(x, k)
        return found.values, found.indices.to(torch.int32)
    ordered = x.sort(dim=-1, descending=True, stable=True)
    return ordered.values[..., :k], ordered.indices[..., :k].to(torch.int32)


def segment_sum(x: Tensor, segments: Tensor, count: int) -> Tensor:
    """The sum of the rows of each segment; rows of a negative segment do not count."""
    rows = x.reshape([-1, *x.shape[segments.dim() :]])
    at = segments.reshape(-1).long()
    total = x.new_zeros([count + 1, *rows.shape[1:]])
    return total.index_add(0, torch.where(at < 0, count, at), rows)[:count]


def space_to_batch(x: Tensor, blocks: list[int], sides: list[int]) -> Tensor:
    """Every block's pixels to images of their own, after padding."""
    x = F.pad(x, sides)
    (batch, *space), rest = x.shape[: len(blocks) + 1], x.shape[len(blocks) + 1 :]
    split = [d for size, block in zip(space, blocks) for d in (size // block, block)]
    inside, outside = range(2, 2 * len(blocks) + 1, 2), range(1, 2 * len(blocks), 2)
    x = x.reshape([batch, *split, *rest])
    x = x.permute([*inside, 0, *outside, *range(2 * len(blocks) + 1, x.dim())])
    return x.reshape([-1, *(size // block for size, block in zip(space, blocks)), *rest])


def batch_to_space(x: Tensor, blocks: list[int], crops: list[list[int]]) -> Tensor:
    """The way back from `space_to_batch`: the padding is cropped."""
    count = len(blocks)
    (_, *space), rest = x.shape[: count + 1], x.shape[count + 1 :]
    x = x.reshape([*blocks, -1, *space, *rest])
    pairs = [axis for i in range(count) for axis in (count + 1 + i, i)]
    x = x.permute([count, *pairs, *range(2 * count + 1, x.dim())])
    x = x.reshape([-1, *(size * block for size, block in zip(space, blocks)), *rest])
    for axis, (start, end) in enumerate(crops, 1):
        x = x.narrow(axis, start, x.shape[axis] - start - end)
    return x


# Randomness: torch's own


def truncated_normal(shape: list[int], dtype: torch.dtype, device: Any = None) -> Tensor:
    """Normal numbers, none further from 0 than 2."""
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    return torch.nn.init.trunc_normal_(torch.empty(shape, dtype=wide, device=device)).to(dtype)


def shuffled(x: Tensor) -> Tensor:
    return x[torch.randperm(x.shape[0], device=x.device)]


# Arrays of tensors, as lists: a write gives a new one


def written(array: list[Any], index: Any, value: Tensor) -> list[Any]:
    at = int(index)
    longer = array + [None] * (at + 1 - len(array))
    return [*longer[:at], value, *longer[at + 1 :]]


def read(array: list[Any], index: Any) -> Any:
    """The element; past the end, where only a branch that is not taken reads, another one."""
    return array[min(int(index), len(array) - 1)]


def gathered(array: list[Any], indices: Any) -> Tensor:
    """The elements stacked; zeros stand for what was never written."""
    found = [array[i] for i in _numbers(indices)]
    like: Any = next((e for e in found if e is not None), None)
    return torch.stack([torch.zeros_like(like) if e is None else e for e in found])


def scattered(array: list[Any], indices: Any, value: Tensor) -> list[Any]:
    for index, row in zip(_numbers(indices), value.unbind(0)):
        array = written(array, index, row)
    return array


def _numbers(indices: Any) -> list[int]:
    return indices if isinstance(indices, list) else indices.tolist()


def split_up(array: list[Any], value: Tensor, lengths: Tensor) -> list[Any]:
    parts = list(value.split(lengths.tolist()))
    return parts + array[len(parts) :]
