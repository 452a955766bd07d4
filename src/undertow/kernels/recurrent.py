"""LSTMs and GRUs in one op: how they and their gradients are done.

The gradients are those of TensorFlow's own ops: they pass a clipped state as if it had not been clipped, and only what
the cell holds and its output have one, not the gates.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

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


def _forward(
    steps: int, x: Tensor, c: Tensor, h: Tensor, weights: Weights, forget_bias: float, cell_clip: float,
    use_peephole: bool, icfo: bool,
) -> list[Tensor]:  # fmt: skip
    w, wci, wcf, wco, b = weights
    _check(x, c, h, w, b)
    depth, n = x.shape[2], c.shape[1]
    at_f = slice(2 * n, 3 * n) if icfo else slice(n, 2 * n)
    b = b.clone()
    b[at_f] += forget_bias
    outputs = [x.new_empty(*x.shape[:2], n) for _ in range(7)]
    for output in outputs:
        output[steps:] = 0
    fed = torch.addmm(b, x[:steps].flatten(0, 1), w[:depth]).unflatten(0, (steps, x.shape[1])) if steps else x[:0]
    recurrent = w[depth:]
    # Each step's gates are written where they are kept.
    for z, i, cs, f, o, ci, co, out in zip(fed, *(output.unbind(0) for output in outputs)):
        z.addmm_(h, recurrent)
        zi, zc, zf, zo = z.chunk(4, 1)
        if not icfo:
            zc, zf = zf, zc
        if use_peephole:
            zi.addcmul_(c, wci)
            zf.addcmul_(c, wcf)
        torch.sigmoid(zi, out=i)
        torch.sigmoid(zf, out=f)
        torch.tanh(zc, out=ci)
        torch.mul(ci, i, out=cs).addcmul_(c, f)
        if cell_clip > 0:
            cs.clamp_(-cell_clip, cell_clip)
        if use_peephole:
            zo.addcmul_(cs, wco)
        torch.sigmoid(zo, out=o)
        torch.tanh(cs, out=co)
        c, h = cs, torch.mul(o, co, out=out)
    return outputs


def _slopes(gates: Gates, before: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """By how much i, ci and f [..., 3, n] move with what the cell holds, o with the output, and the cell with that."""
    i, _, f, o, ci, co, *_ = gates
    of_cell = torch.stack([ci * i * (1 - i), i * (1 - ci * ci), before * f * (1 - f)], -2)
    return of_cell, co * o * (1 - o), o * (1 - co * co)


def _step_back(
    slopes: tuple[Tensor, Tensor, Tensor], f: Tensor, dcs: Tensor, dh: Tensor, peepholes: tuple[Tensor, ...],
    dz: Tensor,
) -> Tensor:  # fmt: skip
    """The gradient of what the cell held before; those of i, ci, f and o are written to `dz` [batch, 4, n]."""
    of_cell, of_output, through = slopes
    dcs = torch.addcmul(dcs, dh, through)
    do = torch.mul(dh, of_output, out=dz[:, 3])
    if peepholes:
        dcs.addcmul_(do, peepholes[2])
    torch.mul(dcs[:, None], of_cell, out=dz[:, :3])
    dc = dcs * f
    if peepholes:
        dc.addcmul_(dz[:, 0], peepholes[0]).addcmul_(dz[:, 2], peepholes[1])
    return dc


def _backward(
    steps: int, x: Tensor, cs_prev: Tensor, h_prev: Tensor, weights: Weights, gates: Gates, cs_grad: Tensor,
    h_grad: Tensor, use_peephole: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    """The gradients of x, cs_prev, h_prev and the weights: w, wci, wcf, wco, b."""
    w, depth, n = weights[0], x.shape[2], cs_prev.shape[1]
    peepholes = weights[1:4] if use_peephole else ()
    gates = tuple(gate[:steps] for gate in gates)
    cs, h = gates[1], gates[6]
    before_c, before_h = (torch.cat([first[None], rest[:-1]])[:steps] for first, rest in ((cs_prev, cs), (h_prev, h)))
    slopes = [slope.unbind(0) for slope in _slopes(gates, before_c)]
    recurrent = w[depth:].t()
    dz = x.new_zeros(*x.shape[:2], 4, n)
    dc, dh = torch.zeros_like(cs_prev), torch.zeros_like(h_prev)
    for t in reversed(range(steps)):
        now = slopes[0][t], slopes[1][t], slopes[2][t]
        dc = _step_back(now, gates[2][t], dc + cs_grad[t], dh + h_grad[t], peepholes, dz[t])
        dh = dz[t].flatten(1) @ recurrent
    rows = dz[:steps].reshape(-1, 4 * n)
    dw = torch.cat([x[:steps].flatten(0, 1).t() @ rows, before_h.flatten(0, 1).t() @ rows])
    of_peepholes = _of_peepholes(dz[:steps], before_c, cs) if use_peephole else map(torch.zeros_like, weights[1:4])
    return dz.flatten(2) @ w[:depth].t(), dc, dh, dw, *of_peepholes, rows.sum(0)


def _of_peepholes(dz: Tensor, before: Tensor, cs: Tensor) -> list[Tensor]:
    """The gradients of the weights by which i and f saw the cell before, and o after."""
    pairs = (dz[..., 0, :], before), (dz[..., 2, :], before), (dz[..., 3, :], cs)
    return [(gate * seen).sum(tuple(range(gate.dim() - 1))) for gate, seen in pairs]


class _Last(torch.autograd.Function):
    """The first `count` tensors, which are gradients of the others, and as in TensorFlow have none themselves."""

    @staticmethod
    def forward(ctx: Any, count: int, *tensors: Tensor) -> tuple[Tensor, ...]:
        return tuple(t.view_as(t) for t in tensors[:count])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        raise LookupError("The gradient of an LSTM in one op has no gradient.")


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
    def backward(ctx: Any, *grads: Tensor) -> Any:
        x, c, h, *rest = ctx.saved_tensors
        weights, gates = tuple(rest[:5]), tuple(rest[5:])
        with torch.no_grad():
            found = _backward(ctx.steps, x, c, h, weights, gates, grads[1], grads[6], ctx.use_peephole)
        if torch.is_grad_enabled():
            found = _Last.apply(len(found), *found, x, c, h, *weights, grads[1], grads[6])
        return None, None, *found


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
    dz = x.new_empty(len(x), 4, cs.shape[1])
    peepholes = (wci, wcf, wco) if use_peephole else ()
    dc = _step_back(_slopes((i, cs, f, o, ci, co), cs_prev), f, cs_grad, h_grad, peepholes, dz)
    of_peepholes = _of_peepholes(dz, cs_prev, cs) if use_peephole else map(torch.zeros_like, (wci, wcf, wco))
    return dc, dz.flatten(1), *of_peepholes


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
