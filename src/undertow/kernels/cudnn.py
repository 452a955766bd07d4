"""Networks whose weights are one vector: how they are done, on a GPU by cuDNN and else by torch's own loops.

The vector has all the matrices, then all the biases, in the order of `ops.cudnn.weight_shapes`; so the gates of a layer
lie one after the other, as torch takes them.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from ..graph.errors import UnimplementedError
from ..ops.cudnn import GATES, params_size, weight_shapes
from . import philox
from .registry import invalid, kernel

_SIZES = ("num_layers", "num_units", "input_size")
# Mode -> torch's network along a sequence.
_NETWORKS = {"lstm": torch.lstm, "gru": torch.gru, "rnn_tanh": torch.rnn_tanh, "rnn_relu": torch.rnn_relu}


def _check(input_mode: str, num_proj: int = 0) -> None:
    if input_mode == "skip_input":
        raise UnimplementedError(None, None, "input_mode='skip_input' is not built in Undertow.")
    if num_proj:
        raise UnimplementedError(None, None, "num_proj is not built in Undertow.")


@kernel("CudnnRNNParamsSize", host=_SIZES, on_host=True)
def size_of_params(
    num_layers: Tensor, num_units: Tensor, input_size: Tensor, *, S: torch.dtype, rnn_mode: str, input_mode: str,
    direction: str, num_proj: int,
) -> Tensor:  # fmt: skip
    _check(input_mode, num_proj)
    return torch.tensor([params_size(rnn_mode, int(num_layers), int(num_units), int(input_size), direction)], dtype=S)


@kernel("CudnnRNNCanonicalToParams", host=_SIZES)
def canonical_to_params(
    num_layers: Tensor, num_units: Tensor, input_size: Tensor, weights: list[Tensor], biases: list[Tensor], *,
    rnn_mode: str, input_mode: str, direction: str,
) -> Tensor:  # fmt: skip
    _check(input_mode)
    units = int(num_units)
    shapes = weight_shapes(rnn_mode, int(num_layers), units, int(input_size), direction)
    wanted = [math.prod(shape) for shape in shapes] + [units] * len(shapes)
    parts = [part.reshape(-1) for part in (*weights, *biases)]
    if [part.numel() for part in parts] != wanted:
        raise invalid(f"weights and biases must have {wanted} elements, got {[part.numel() for part in parts]}")
    return torch.cat(parts)


@kernel("CudnnRNNCanonicalToParamsV2", host=_SIZES)
def canonical_to_params_v2(
    num_layers: Tensor, num_units: Tensor, input_size: Tensor, weights: list[Tensor], biases: list[Tensor], *,
    rnn_mode: str, input_mode: str, direction: str, num_proj: int,
) -> Tensor:  # fmt: skip
    _check(input_mode, num_proj)
    return canonical_to_params(
        num_layers, num_units, input_size, weights, biases, rnn_mode=rnn_mode, input_mode=input_mode,
        direction=direction,
    )  # fmt: skip


@kernel("CudnnRNNParamsToCanonical", host=_SIZES, view=True)
def params_to_canonical(
    num_layers: Tensor, num_units: Tensor, input_size: Tensor, params: Tensor, *, rnn_mode: str, input_mode: str,
    direction: str,
) -> tuple[Tensor, ...]:  # fmt: skip
    _check(input_mode)
    units = int(num_units)
    shapes = weight_shapes(rnn_mode, int(num_layers), units, int(input_size), direction)
    parts = _parts(params, [*shapes, *[(units,)] * len(shapes)])
    return tuple(parts)


@kernel("CudnnRNNParamsToCanonicalV2", host=_SIZES, view=True)
def params_to_canonical_v2(
    num_layers: Tensor, num_units: Tensor, input_size: Tensor, params: Tensor, *, rnn_mode: str, input_mode: str,
    direction: str, num_proj: int,
) -> tuple[Tensor, ...]:  # fmt: skip
    _check(input_mode, num_proj)
    return params_to_canonical(
        num_layers, num_units, input_size, params, rnn_mode=rnn_mode, input_mode=input_mode, direction=direction
    )


def _parts(params: Tensor, shapes: list[tuple[int, ...]]) -> list[Tensor]:
    sizes = [math.prod(shape) for shape in shapes]
    if params.numel() != sum(sizes):
        raise invalid(f"params must have {sum(sizes)} elements, got {params.numel()}")
    return [part.view(shape) for part, shape in zip(params.reshape(-1).split(sizes), shapes)]


def _layers(params: Tensor, rnn_mode: str, layers: int, units: int, depth: int, ways: int) -> list[list[Tensor]]:
    """The weights of each layer as torch takes them: of a direction two matrices, then two biases."""
    rows = GATES[rnn_mode] * units
    seen = [depth] + [ways * units] * (layers - 1)
    matrices = [(rows, columns) for size in seen for _ in range(ways) for columns in (size, units)]
    parts = _parts(params, [*matrices, *[(rows,)] * len(matrices)])
    pairs = [parts[i : i + 2] + parts[len(matrices) + i : len(matrices) + i + 2] for i in range(0, len(matrices), 2)]
    return [[w for pair in pairs[i : i + ways] for w in pair] for i in range(0, len(pairs), ways)]


def _run(
    context: Any, x: Tensor, h: Tensor, c: Tensor, params: Tensor, lengths: Tensor | None, rnn_mode: str,
    input_mode: str, direction: str, dropout: float, seed: int, seed2: int, is_training: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """The outputs [time, batch, …] and the last states [layers * directions, batch, units]."""
    ways, units = 2 if direction == "bidirectional" else 1, h.shape[2]
    depth, lstm = x.shape[2], rnn_mode == "lstm"
    if input_mode == "skip_input" or (input_mode == "auto_select" and depth == units):
        _check("skip_input")
    if h.shape[1] != x.shape[1] or h.shape[0] % ways or (lstm and c.shape != h.shape):
        raise invalid(f"The states {list(h.shape)} and {list(c.shape)} do not fit inputs {list(x.shape)}, {direction}")
    layers = h.shape[0] // ways
    last_h, last_c = [], []
    # All layers at once, unless something is to be dropped between them.
    each = 1 if dropout and is_training else layers
    flat = _layers(params, rnn_mode, layers, units, depth, ways)
    for first in range(0, layers, each):
        if first:
            x = _dropped(context, x, dropout, seed, seed2)
        weights = [w for layer in flat[first : first + each] for w in layer]
        at = slice(first * ways, (first + each) * ways)
        start = (h[at].contiguous(), c[at].contiguous()) if lstm else h[at].contiguous()
        x, *last = _along(_NETWORKS[rnn_mode], x, start, weights, each, ways == 2, is_training, lengths)
        last_h.append(last[0])
        last_c += last[1:]
    return x, torch.cat(last_h), torch.cat(last_c) if lstm else c.clone()


def _along(
    network: Any, x: Tensor, start: Any, weights: list[Tensor], layers: int, both_ways: bool, training: bool,
    lengths: Tensor | None,
) -> tuple[Tensor, ...]:  # fmt: skip
    if lengths is None:
        return network(x, start, weights, True, layers, 0.0, training, both_ways, False)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths.cpu(), enforce_sorted=False)
    order, back = packed.sorted_indices, packed.unsorted_indices
    assert order is not None and back is not None
    ordered = tuple(s[:, order] for s in start) if isinstance(start, tuple) else start[:, order]
    data, *last = network(packed.data, packed.batch_sizes, ordered, weights, True, layers, 0.0, training, both_ways)
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(
        torch.nn.utils.rnn.PackedSequence(data, packed.batch_sizes, order, back), total_length=x.shape[0]
    )
    return outputs, *(state[:, back] for state in last)


def _dropped(context: Any, x: Tensor, rate: float, seed: int, seed2: int) -> Tensor:
    """`x` with the share `rate` of its elements zero and the others larger; with seeds the same in every session."""
    if not (seed or seed2):
        return torch.dropout(x, rate, True)
    start = context.state.get("counter", 0)
    context.state["counter"] = start + x.numel()
    drawn = torch.from_numpy(philox.uniform64(philox.sequence(start, x.numel(), 2, seed, seed2)))
    kept = (drawn.reshape(x.shape) >= rate).to(x.device, x.dtype)
    return x * kept / (1 - rate)


@kernel("CudnnRNN", context=True)
def cudnn_rnn(
    context: Any, input: Tensor, input_h: Tensor, input_c: Tensor, params: Tensor, *, rnn_mode: str, input_mode: str,
    direction: str, dropout: float, seed: int, seed2: int, is_training: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    options = (rnn_mode, input_mode, direction, dropout, seed, seed2, is_training)
    return *_run(context, input, input_h, input_c, params, None, *options), input.new_empty(0)


@kernel("CudnnRNNV2", context=True)
def cudnn_rnn_v2(
    context: Any, input: Tensor, input_h: Tensor, input_c: Tensor, params: Tensor, *, rnn_mode: str, input_mode: str,
    direction: str, dropout: float, seed: int, seed2: int, is_training: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    options = (rnn_mode, input_mode, direction, dropout, seed, seed2, is_training)
    found = _run(context, input, input_h, input_c, params, None, *options)
    return *found, input.new_empty(0), input.new_empty(0, dtype=torch.int8)


@kernel("CudnnRNNV3", context=True, host=("sequence_lengths",))
def cudnn_rnn_v3(
    context: Any, input: Tensor, input_h: Tensor, input_c: Tensor, params: Tensor, sequence_lengths: Tensor, *,
    rnn_mode: str, input_mode: str, direction: str, dropout: float, seed: int, seed2: int, is_training: bool,
    num_proj: int, time_major: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    _check("linear_input", num_proj)
    x, h, c = input, input_h, input_c
    if not time_major:
        x, h, c = (t.transpose(0, 1) if t.dim() == 3 else t for t in (x, h, c))
    if sequence_lengths.numel() != x.shape[1] or (sequence_lengths < 1).any() or (sequence_lengths > x.shape[0]).any():
        raise invalid(
            f"sequence_lengths must be {x.shape[1]} numbers from 1 to {x.shape[0]}, got {sequence_lengths.tolist()}"
        )
    lengths = None if (sequence_lengths == x.shape[0]).all() else sequence_lengths
    options = (rnn_mode, input_mode, direction, dropout, seed, seed2, is_training)
    found = _run(context, x, h, c, params, lengths, *options)
    if not time_major:
        found = tuple(t.transpose(0, 1) if t.dim() == 3 else t for t in found)  # type: ignore[assignment]
    return *found, input.new_empty(0), input.new_empty(0, dtype=torch.int8)
