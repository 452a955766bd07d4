"""A loop over time that does nothing but LSTM cells becomes one call of torch's own LSTM for each layer.

`dynamic_rnn` of a `BasicLSTMCell` or `LSTMCell`, or of a `MultiRNNCell` of them, makes such a loop. With lengths, it
does if nobody looks at the last cell states, which torch gives only of the whole time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from ...graph.operation import Operation, Tensor
from ..loops import ENTERS, Parts
from ..plan import Step
from .draft import Draft

# What the body may consist of; all of it is pure but for the two of arrays, of which there must be one each.
PURE = frozenset("Add AddV2 BiasAdd ConcatV2 GreaterEqual Identity MatMul Mul Select Sigmoid Split Tanh move".split())
ARRAYS = ["TensorArrayReadV3", "TensorArrayWriteV3"]
CONDITION = {"move", "Less", "LogicalAnd", "Identity"}


def lstm_over_time(draft: Draft) -> None:
    """Whiles whose body is one or more LSTM cells on top of each other, that read and write an array a step."""
    if any(step.kind == "SymbolicGradient" and step.recorded for step in draft.steps):
        return  # torch's LSTM can be differentiated once
    readers = draft.readers()
    for step in draft.steps:
        if step.kind != "While" or step.alive is not None:
            continue
        found = _Recurrence.of(step)
        if found is None:
            continue
        states = [step.outputs[cell.state] for cell in found.cells]
        if found.lengths is None or not any(slot in draft.kept or slot in readers for slot in states):
            step.call = found.call


@dataclass
class _Cell:
    """One LSTM cell of a body: where its state, kernel and bias are among the loop's inputs."""

    state: int
    output: int
    kernel: int
    bias: int
    forget_bias: float


@dataclass
class _Recurrence:
    """A loop that was recognised: everything by its place among the While's inputs."""

    cells: list[_Cell]  # from the first layer to the last
    counters: list[int]
    limits: list[int]
    source: int
    target: int
    lengths: int | None
    variables: int
    recorded: bool

    @classmethod
    def of(cls, step: Step) -> _Recurrence | None:
        """The loop of a step, if it is one."""
        parts, body, condition = (step.attrs[key] for key in ("parts", "body", "condition"))
        kinds = [s.kind for s in body.steps]
        if sorted(k for k in kinds if k not in PURE) != ARRAYS or any(s.kind not in CONDITION for s in condition.steps):
            return None
        work = {s.recorded for s in body.steps if s.kind in ("MatMul", "BiasAdd", "Sigmoid", "Tanh", "Mul")}
        if len(work) != 1 or any(s.alive is not None for s in body.steps):
            return None
        try:
            return _Match(parts).recurrence(work.pop())
        except _NoMatch:
            return None

    def call(self, *values: Any) -> list[Any]:
        count = min(int(values[i]) for i in self.limits)
        results = list(values[: self.variables])
        if count <= 0:
            return results
        source, target = values[self.source].checked(), values[self.target].checked()
        with torch.set_grad_enabled(self.recorded):
            sequence = source.take() if count == len(source) else None
            if sequence is None:
                sequence = torch.stack([source.read(t, values[self.cells[0].kernel].device) for t in range(count)])
            lengths = None if self.lengths is None else values[self.lengths].clamp(max=count).to(sequence.device)
            for cell in self.cells:
                sequence, results[cell.output], results[cell.state] = _lstm(
                    sequence, values[cell.output], values[cell.state], values[cell.kernel], values[cell.bias],
                    cell.forget_bias, self.recorded,
                )  # fmt: skip
                if lengths is not None:
                    results[cell.output] = _last(sequence, lengths, values[cell.output])
            if lengths is not None:
                running = torch.arange(count, device=lengths.device)[:, None] < lengths
                sequence = torch.where(running[..., None], sequence, sequence.new_zeros(()))
            target.put(sequence)
        for i in self.counters:
            results[i] = torch.full_like(values[i], count)
        return results


def _lstm(
    x: torch.Tensor, h: torch.Tensor, c: torch.Tensor, kernel: torch.Tensor, bias: torch.Tensor, forget_bias: float,
    train: bool,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:  # fmt: skip
    """Outputs [T, B, H], last output and state [B, H]. TensorFlow's gates are i, j, f, o, torch's i, f, j, o."""
    features, units = x.shape[2], h.shape[1]
    weights = kernel.view(features + units, 4, units)[:, [0, 2, 1, 3]].reshape(features + units, 4 * units).t()
    own = bias.view(4, units)[[0, 2, 1, 3]].reshape(-1)
    other = torch.zeros_like(own)
    other[units : 2 * units] = forget_bias
    parameters = [weights[:, :features], weights[:, features:], own, other]
    outputs, last_h, last_c = torch.lstm(x, (h[None], c[None]), parameters, True, 1, 0.0, train, False, False)
    return outputs, last_h[0], last_c[0]


def _last(sequence: torch.Tensor, lengths: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
    """Of outputs [T, B, H] the last within each length, [B, H]; where that is 0, the one it started with."""
    at = (lengths.long() - 1).clamp(min=0)
    found = sequence[at, torch.arange(len(at), device=at.device)]
    return torch.where((lengths > 0)[:, None], found, first)


class _NoMatch(Exception):
    """The loop is another."""


def _only(condition: bool) -> None:
    if not condition:
        raise _NoMatch


class _Match:
    """Reads the graph of a loop backwards, from what each variable becomes."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.count = len(parts.merges)
        self.places: dict[Tensor, int] = {}  # a tensor inside the loop -> its place among the While's inputs
        for i, (merge, in_body) in enumerate(zip(parts.merges, parts.in_body)):
            self.places[merge.outputs[0]] = i
            if in_body is not None:
                self.places[in_body] = i
        for i, enter in enumerate(parts.invariants):
            self.places[enter.outputs[0]] = self.count + i

    def recurrence(self, recorded: bool) -> _Recurrence:
        nexts = [_through(t) for t in self.parts.nexts]
        (flow,) = [i for i, t in enumerate(nexts) if t.op.type == "TensorArrayWriteV3"] or [-1]
        _only(flow >= 0)
        handle, index, value, flow_in = (_through(t) for t in nexts[flow].op.inputs)
        time = self._place(index)
        _only(self._place(flow_in) == flow)
        over = value.op.inputs[0] if value.op.type == "Select" else None
        if over is not None:
            zeros, value = (_through(t) for t in value.op.inputs[1:])
            self._is_zero(zeros)
        states = [self._running(i, t, over) for i, t in enumerate(nexts)]
        cells, read = self._cells(value, states)
        source, at = (_through(t) for t in read.inputs[:2])
        _only(self._place(at) == time)
        mine = {flow, *(c.state for c in cells), *(c.output for c in cells)}
        counters = [i for i in range(self.count) if i not in mine]
        _only(time in counters and len(mine) == 1 + 2 * len(cells))
        for i in counters:
            self._counts(i, nexts[i])
        limits = self._limits(self.parts.pred, counters)
        lengths = None
        if over is not None:
            at, limit = _both(over, "GreaterEqual")
            lengths = self._place(limit)
            _only(self._place(at) == time and lengths >= self.count)
        return _Recurrence(
            cells, counters, limits, self._place(source), self._place(handle), lengths, self.count, recorded
        )

    def _running(self, variable: int, after: Tensor, over: Tensor | None) -> Tensor:
        """What a variable becomes while a row's time is not over; after that it stays as it is."""
        if after.op.type != "Select":
            return after
        condition, before, then = after.op.inputs
        _only(over is not None and _through(condition) is _through(over) and self._place(before) == variable)
        return _through(then)

    def _is_zero(self, tensor: Tensor) -> None:
        """It is a Fill of 0, or a constant of zeros, from outside the loop."""
        op = _through(tensor).op
        if op.type in ENTERS:
            op = _through(op.inputs[0]).op
        if op.type == "Fill":
            _only(_number(op.inputs[1]) == 0)
        else:
            _only(op.type == "Const" and not op.attrs["value"].any())

    def _place(self, tensor: Tensor) -> int:
        tensor = _through(tensor)
        _only(tensor in self.places)
        return self.places[tensor]

    def _variable(self, tensor: Tensor) -> int:
        place = self._place(tensor)
        _only(place < self.count)
        return place

    def _counts(self, variable: int, after: Tensor) -> None:
        """It starts at 0 and grows by 1."""
        _only(_number(self.parts.starts[variable]) == 0)
        a, b = _both(after, "Add", "AddV2")
        _only(self._variable(a) == variable and _number(b) == 1)

    def _limits(self, pred: Tensor, counters: list[int]) -> list[int]:
        pred = _through(pred)
        if pred.op.type == "LogicalAnd":
            return [limit for t in pred.op.inputs for limit in self._limits(t, counters)]
        counter, limit = _both(pred, "Less")
        _only(self._variable(counter) in counters)
        place = self._place(limit)
        _only(place >= self.count)
        return [place]

    def _cells(self, output: Tensor, nexts: list[Tensor]) -> tuple[list[_Cell], Operation]:
        """The cells under an output, and the op that reads the first one's input."""
        gate, state = _activations(_both(output, "Mul"))
        kept, added = sorted((_both(t, "Mul") for t in _both(state, "Add", "AddV2")), key=_is_candidate)
        in_gate, candidate = _activations(added)
        forget, before = kept if kept[0].op.type == "Sigmoid" else kept[::-1]
        _only(forget.op.type == "Sigmoid")
        f, forget_bias = _both(_through(forget.op.inputs[0]), "Add", "AddV2")
        split = gate.op
        _only(split.type == "Split" and split.attrs["num_split"] == 4 and _number(split.inputs[0]) in (1, -1))
        _only([in_gate, candidate, f, gate] == list(split.outputs))
        product, bias = _both(split.inputs[1], "BiasAdd")
        joined, kernel = _both(product, "MatMul")
        _only(not product.op.attrs["transpose_a"] and not product.op.attrs["transpose_b"])
        _only(joined.op.type == "ConcatV2" and len(joined.op.inputs) == 3 and _number(joined.op.inputs[2]) in (1, -1))
        x, previous = (_through(t) for t in joined.op.inputs[:2])
        own = _Cell(
            self._variable(before), self._variable(previous), self._place(kernel), self._place(bias),
            float(_number(forget_bias)),
        )  # fmt: skip
        _only(nexts[own.state] is state and nexts[own.output] is output)
        if x.op.type == "TensorArrayReadV3":
            return [own], x.op
        below, read = self._cells(x, nexts)
        return [*below, own], read


def _through(tensor: Tensor) -> Tensor:
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor


def _number(tensor: Tensor) -> float:
    op = _through(tensor).op
    if op.type in ENTERS:
        op = _through(op.inputs[0]).op
    _only(op.type == "Const" and op.attrs["value"].size == 1)
    return op.attrs["value"].item()


def _both(tensor: Tensor, *types: str) -> tuple[Tensor, Tensor]:
    """The two inputs of an op of one of these types."""
    op = _through(tensor).op
    _only(op.type in types and len(op.inputs) == 2)
    return _through(op.inputs[0]), _through(op.inputs[1])


def _activations(factors: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """What is under the sigmoid and what is under the tanh of two factors."""
    sigmoid, tanh = factors if factors[0].op.type == "Sigmoid" else factors[::-1]
    _only(sigmoid.op.type == "Sigmoid" and tanh.op.type == "Tanh")
    return _through(sigmoid.op.inputs[0]), _through(tanh.op.inputs[0])


def _is_candidate(factors: tuple[Tensor, Tensor]) -> bool:
    return any(t.op.type == "Tanh" for t in factors)
