"""LSTMs and GRUs in one op: how they and their gradients are done.

The gradients are those of TensorFlow's own ops: they pass a clipped state as if it had not been clipped, and only what
the cell holds and its output have one, not the gates.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .registry import invalid, kernel

# A network's weights as the ops take them: the kernel, the peepholes of i, f and o, and the bias.
Weights = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
Gates = tuple[Tensor, ...]  # i, cs, f, o, ci, co, h


def _check(x: Tensor, cs_prev: Tensor, h_prev: Tensor, w: Tensor, b: Tensor) -> None:
    batch, depth = x.shape[-2:]
    n = cs_prev.shape[-1]
    wanted = {"cs_prev": (batch, n), "h_prev": (batch, n), "w": (depth + n, 4 * n), "b": (4 * n,)}
    for (name, shape), found in zip(wanted.items(), (cs_prev, h_prev, w, b)):
        if tuple(found.shape) != shape:
            raise invalid(f"{name} must have shape {list(shape)}, got {list(found.shape)}")


def _step(
    z: Tensor, c: Tensor, weights: Weights, forget_bias: float, cell_clip: float, use_peephole: bool, icfo: bool
) -> Gates:
    _, wci, wcf, wco, _ = weights
    zi, zc, zf, zo = z.chunk(4, -1)
    if not icfo:
        zc, zf = zf, zc
    if forget_bias:
        zf = zf + forget_bias
    if use_peephole:
        zi, zf = zi + c * wci, zf + c * wcf
    i, f, ci = torch.sigmoid(zi), torch.sigmoid(zf), torch.tanh(zc)
    cs = ci * i + c * f
    if cell_clip > 0:
        cs = cs.clamp(-cell_clip, cell_clip)
    o = torch.sigmoid(zo + cs * wco if use_peephole else zo)
    co = torch.tanh(cs)
    return i, cs, f, o, ci, co, o * co


def _step_back(
    gates: Gates, c: Tensor, dcs: Tensor, dh: Tensor, weights: Weights, use_peephole: bool
) -> tuple[Tensor, Tensor]:
    """The gradients of what the cell held before and of the gates, in the order i, ci, f, o."""
    i, _, f, o, ci, co, *_ = gates
    _, wci, wcf, wco, _ = weights
    do = dh * co * o * (1 - o)
    dcs = dcs + dh * o * (1 - co * co)
    if use_peephole:
        dcs = dcs + do * wco
    dci = dcs * i * (1 - ci * ci)
    df = dcs * c * f * (1 - f)
    di = dcs * ci * i * (1 - i)
    dc = dcs * f
    if use_peephole:
        dc = dc + di * wci + df * wcf
    return dc, torch.cat([di, dci, df, do], -1)


def _forward(
    steps: int, x: Tensor, c: Tensor, h: Tensor, weights: Weights, forget_bias: float, cell_clip: float,
    use_peephole: bool, icfo: bool,
) -> list[Tensor]:  # fmt: skip
    w, *_, b = weights
    _check(x, c, h, w, b)
    depth, n = x.shape[2], c.shape[1]
    outputs = [x.new_zeros(*x.shape[:2], n) for _ in range(7)]
    recurrent = w[depth:]
    fed = torch.addmm(b, x[:steps].flatten(0, 1), w[:depth]).unflatten(0, (steps, x.shape[1])) if steps else []
    for t, z in enumerate(fed):
        gates = _step(torch.addmm(z, h, recurrent), c, weights, forget_bias, cell_clip, use_peephole, icfo)
        c, h = gates[1], gates[6]
        for output, gate in zip(outputs, gates):
            output[t] = gate
    return outputs


def _backward(
    steps: int, x: Tensor, cs_prev: Tensor, h_prev: Tensor, weights: Weights, gates: Gates, cs_grad: Tensor,
    h_grad: Tensor, use_peephole: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    """The gradients of x, cs_prev, h_prev and the weights: w, wci, wcf, wco, b."""
    w, depth = weights[0], x.shape[2]
    cs, h = gates[1], gates[6]
    before_c = torch.cat([cs_prev[None], cs[:-1]])[:steps]
    before_h = torch.cat([h_prev[None], h[:-1]])[:steps]
    recurrent = w[depth:].t()
    dz = x.new_zeros(*x.shape[:2], w.shape[1])
    dc, dh = torch.zeros_like(cs_prev), torch.zeros_like(h_prev)
    for t in reversed(range(steps)):
        now = tuple(gate[t] for gate in gates)
        dc, dz[t] = _step_back(now, before_c[t], dc + cs_grad[t], dh + h_grad[t], weights, use_peephole)
        dh = dz[t] @ recurrent
    rows = dz[:steps].flatten(0, 1)
    dw = torch.cat([x[:steps].flatten(0, 1).t() @ rows, before_h.flatten(0, 1).t() @ rows])
    di, _, df, do = dz[:steps].chunk(4, -1)
    if use_peephole:
        peepholes = [(di * before_c).sum((0, 1)), (df * before_c).sum((0, 1)), (do * cs[:steps]).sum((0, 1))]
    else:
        peepholes = [torch.zeros_like(p) for p in weights[1:4]]
    return dz @ w[:depth].t(), dc, dh, dw, *peepholes, rows.sum(0)


class _Block(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, steps: int, options: tuple[float, float, bool, bool], x: Tensor, c: Tensor, h: Tensor,
        *weights: Tensor,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        i, cs, f, o, ci, co, out = _forward(steps, x, c, h, weights, *options)  # type: ignore[arg-type]
        ctx.steps, ctx.use_peephole = steps, options[2]
        ctx.save_for_backward(x, c, h, *weights, i, cs, f, o, ci, co, out)
        ctx.mark_non_differentiable(i, f, o, ci, co)
        return i, cs, f, o, ci, co, out

    @staticmethod
    @once_differentiable  # as in TensorFlow, whose gradient ops have none
    def backward(ctx: Any, *grads: Tensor) -> Any:
        x, c, h, *rest = ctx.saved_tensors
        weights, gates = tuple(rest[:5]), tuple(rest[5:])
        return None, None, *_backward(ctx.steps, x, c, h, weights, gates, grads[1], grads[6], ctx.use_peephole)


def _block(
    steps: int, x: Tensor, c: Tensor, h: Tensor, weights: Weights, *options: Any
) -> tuple[Tensor, ...] | list[Tensor]:
    if torch.is_grad_enabled() and any(t.requires_grad for t in (x, c, h, *weights)):
        return _Block.apply(steps, options, x, c, h, *weights)
    return _forward(steps, x, c, h, weights, *options)


def _steps(seq_len_max: Tensor, x: Tensor) -> int:
    return max(0, min(int(seq_len_max), x.shape[0]))


@kernel("BlockLSTM", host=("seq_len_max",))
def block_lstm(
    seq_len_max: Tensor, x: Tensor, cs_prev: Tensor, h_prev: Tensor, w: Tensor, wci: Tensor, wcf: Tensor, wco: Tensor,
    b: Tensor, *, forget_bias: float, cell_clip: float, use_peephole: bool,
) -> Any:  # fmt: skip
    weights = (w, wci, wcf, wco, b)
    return _block(_steps(seq_len_max, x), x, cs_prev, h_prev, weights, forget_bias, cell_clip, use_peephole, True)


@kernel("BlockLSTMV2", host=("seq_len_max",))
def block_lstm_v2(
    seq_len_max: Tensor, x: Tensor, cs_prev: Tensor, h_prev: Tensor, w: Tensor, wci: Tensor, wcf: Tensor, wco: Tensor,
    b: Tensor, *, cell_clip: float, use_peephole: bool,
) -> Any:  # fmt: skip
    """Its gates are in the order i, f, ci, o. As TensorFlow's, its gradient takes them to be in BlockLSTM's order."""
    weights = (w, wci, wcf, wco, b)
    return _block(_steps(seq_len_max, x), x, cs_prev, h_prev, weights, 0.0, cell_clip, use_peephole, False)


@kernel("BlockLSTMGrad", "BlockLSTMGradV2", host=("seq_len_max",))
def block_lstm_grad(
    seq_len_max: Tensor, x: Tensor, cs_prev: Tensor, h_prev: Tensor, w: Tensor, wci: Tensor, wcf: Tensor, wco: Tensor,
    b: Tensor, i: Tensor, cs: Tensor, f: Tensor, o: Tensor, ci: Tensor, co: Tensor, h: Tensor, cs_grad: Tensor,
    h_grad: Tensor, *, use_peephole: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    weights, gates = (w, wci, wcf, wco, b), (i, cs, f, o, ci, co, h)
    return _backward(_steps(seq_len_max, x), x, cs_prev, h_prev, weights, gates, cs_grad, h_grad, use_peephole)


@kernel("LSTMBlockCell")
def lstm_block_cell(
    x: Tensor, cs_prev: Tensor, h_prev: Tensor, w: Tensor, wci: Tensor, wcf: Tensor, wco: Tensor, b: Tensor, *,
    forget_bias: float, cell_clip: float, use_peephole: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    weights = (w, wci, wcf, wco, b)
    outputs = _block(1, x[None], cs_prev, h_prev, weights, forget_bias, cell_clip, use_peephole, True)
    return tuple(output[0] for output in outputs)


@kernel("LSTMBlockCellGrad")
def lstm_block_cell_grad(
    x: Tensor, cs_prev: Tensor, h_prev: Tensor, w: Tensor, wci: Tensor, wcf: Tensor, wco: Tensor, b: Tensor, i: Tensor,
    cs: Tensor, f: Tensor, o: Tensor, ci: Tensor, co: Tensor, cs_grad: Tensor, h_grad: Tensor, *, use_peephole: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    weights = (w, wci, wcf, wco, b)
    dc, dz = _step_back((i, cs, f, o, ci, co), cs_prev, cs_grad, h_grad, weights, use_peephole)
    if not use_peephole:
        return dc, dz, *map(torch.zeros_like, (wci, wcf, wco))
    di, _, df, do = dz.chunk(4, -1)
    return dc, dz, (di * cs_prev).sum(0), (df * cs_prev).sum(0), (do * cs).sum(0)


@kernel("GRUBlockCell")
def gru_block_cell(
    x: Tensor, h_prev: Tensor, w_ru: Tensor, w_c: Tensor, b_ru: Tensor, b_c: Tensor
) -> tuple[Tensor, ...]:
    r, u = torch.sigmoid(torch.addmm(b_ru, torch.cat([x, h_prev], 1), w_ru)).chunk(2, 1)
    c = torch.tanh(torch.addmm(b_c, torch.cat([x, r * h_prev], 1), w_c))
    return r.detach(), u.detach(), c.detach(), u * h_prev + (1 - u) * c


@kernel("GRUBlockCellGrad")
def gru_block_cell_grad(
    x: Tensor, h_prev: Tensor, w_ru: Tensor, w_c: Tensor, b_ru: Tensor, b_c: Tensor, r: Tensor, u: Tensor, c: Tensor,
    d_h: Tensor,
) -> tuple[Tensor, ...]:  # fmt: skip
    depth = x.shape[1]
    d_c_bar = d_h * (1 - u) * (1 - c * c)
    d_x_c, d_reset = (d_c_bar @ w_c.t()).tensor_split([depth], 1)
    d_ru_bar = torch.cat([d_reset * h_prev * r * (1 - r), d_h * (h_prev - c) * u * (1 - u)], 1)
    d_x_ru, d_h_ru = (d_ru_bar @ w_ru.t()).tensor_split([depth], 1)
    return d_x_c + d_x_ru, d_h * u + d_reset * r + d_h_ru, d_c_bar, d_ru_bar
