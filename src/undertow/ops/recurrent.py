"""LSTMs and GRUs in one op. `kernels/recurrent.py` says how they are done; `tf.contrib.rnn` has the cells.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/BlockLSTM and its neighbours
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import rules
from .array import zeros
from .joining import stack, unstack
from .node import convert_to_tensor, node
from .rules import shape_rule


def lstm_block_cell(
    x: Any, cs_prev: Any, h_prev: Any, w: Any, b: Any, wci: Any = None, wcf: Any = None, wco: Any = None,
    forget_bias: float | None = None, cell_clip: float | None = None, use_peephole: bool | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """One step of an LSTM: i, cs, f, o, ci, co and h, each [batch, n]. Its gates are in the order i, ci, f, o."""
    x, cs_prev = convert_to_tensor(x), convert_to_tensor(cs_prev)
    if wci is None:
        size = cs_prev.shape.with_rank(2).as_list()[1]
        if size is None:
            raise ValueError("cell_size from `cs_prev` should not be None.")
        wci = wcf = wco = zeros([size], dtype=x.dtype)
    return node(
        "LSTMBlockCell", x, cs_prev, h_prev, w, wci, wcf, wco, b, name=name,
        **_options(forget_bias, cell_clip, use_peephole),
    )  # fmt: skip


def block_lstm(
    seq_len_max: Any, x: Sequence[Any], w: Any, b: Any, cs_prev: Any = None, h_prev: Any = None, wci: Any = None,
    wcf: Any = None, wco: Any = None, forget_bias: float | None = None, cell_clip: float | None = None,
    use_peephole: bool | None = None, name: str | None = None,
) -> tuple[list[Tensor], ...]:  # fmt: skip
    """An LSTM along the list of inputs [batch, depth]: lists of i, cs, f, o, ci, co and h.

    `ValueError` if the size of the bias is not known.
    """
    first, w, b = convert_to_tensor(x[0]), convert_to_tensor(w), convert_to_tensor(b)
    size = b.shape.with_rank(1).as_list()[0]
    if size is None:
        raise ValueError("`b` shape must not be None.")
    batch = first.shape.with_rank(2).as_list()[0]
    if cs_prev is None or h_prev is None:
        start = zeros([batch, size // 4], dtype=first.dtype)
        cs_prev, h_prev = start if cs_prev is None else cs_prev, start if h_prev is None else h_prev
    if wci is None:
        wci = wcf = wco = zeros([size // 4], dtype=first.dtype)
    outputs = node(
        "BlockLSTM", seq_len_max, stack(x), cs_prev, h_prev, w, wci, wcf, wco, b, name=name,
        **_options(forget_bias, cell_clip, use_peephole),
    )  # fmt: skip
    return tuple(unstack(output) for output in outputs)


def _options(forget_bias: float | None, cell_clip: float | None, use_peephole: bool | None) -> dict[str, Any]:
    return {
        "forget_bias": 1.0 if forget_bias is None else forget_bias,
        "cell_clip": -1.0 if cell_clip is None else cell_clip,
        "use_peephole": bool(use_peephole),
    }


@shape_rule("LSTMBlockCell")
def _(x: TensorShape, cs_prev: TensorShape, *_rest: TensorShape) -> list[TensorShape]:
    return [TensorShape.of((rules.with_rank(x, 2)[0], rules.with_rank(cs_prev, 2)[1]))] * 7


@shape_rule("BlockLSTM", "BlockLSTMV2")
def _(_seq_len_max: TensorShape, x: TensorShape, *rest: TensorShape) -> list[TensorShape]:
    time, batch, _ = rules.with_rank(x, 3)
    size = rules.with_rank(rest[-1], 1)[0]
    return [TensorShape.of((time, batch, None if size is None else size // 4))] * 7


@shape_rule("BlockLSTMGrad", "BlockLSTMGradV2")
def _(_seq_len_max: TensorShape, *inputs: TensorShape) -> list[TensorShape]:
    return list(inputs[:8])


@shape_rule("LSTMBlockCellGrad")
def _(_x: TensorShape, cs_prev: TensorShape, *rest: TensorShape) -> list[TensorShape]:
    batch, size = rules.with_rank(cs_prev, 2)
    return [cs_prev, TensorShape.of((batch, None if size is None else 4 * size)), *rest[2:5]]


@shape_rule("GRUBlockCell")
def _(x: TensorShape, h_prev: TensorShape, *_rest: TensorShape) -> list[TensorShape]:
    return [TensorShape.of((rules.with_rank(x, 2)[0], rules.with_rank(h_prev, 2)[1]))] * 4


@shape_rule("GRUBlockCellGrad")
def _(x: TensorShape, h_prev: TensorShape, *_rest: TensorShape) -> list[TensorShape]:
    batch, size = rules.with_rank(h_prev, 2)
    return [x, h_prev, h_prev, TensorShape.of((batch, None if size is None else 2 * size))]
