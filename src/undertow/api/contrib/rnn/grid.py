"""Grids of LSTMs, one along time and one along the frequencies: https://arxiv.org/abs/1507.01526.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/GridLSTMCell
"""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.array import shape as shape_of
from ....ops.array import zeros
from ....ops.joining import concat
from ....ops.math import sigmoid, tanh
from ....ops.matmul import matmul
from ....ops.shaping import pad
from ....ops.slicing import slice as slice_of
from ... import logging
from ...get_variable import get_variable
from ...initializers import zeros_initializer
from ...rnn.cells import RNNCell
from ...variable_scope import variable_scope
from .gates import clipped, cut
from .linear import sharded
from .time_frequency import known_depth, windows


class GridLSTMCell(RNNCell):
    """Two LSTMs of `num_units` at each window of `feature_size` inputs, the windows `frequency_skip` apart.

    `num_frequency_blocks` counts the windows of each block of inputs, whose weights are its own; blocks are from
    `start_freqindex_list` to `end_freqindex_list`, else there is one of all inputs. The state is a tuple of what the
    LSTM along time holds (`state_f00_b00_c`) and gave (`state_f00_b00_m`) at each window, or all joined if not
    `state_is_tuple`. With `share_time_frequency_weights` both LSTMs have the same weights; `couple_input_forget_gates`
    forgets as much as it takes in. As in TensorFlow, `initializer` makes no difference: the variable scope's counts.
    `ValueError` if the windows are not as many as told.
    """

    def __init__(
        self, num_units: int, use_peepholes: bool = False, share_time_frequency_weights: bool = False,
        cell_clip: float | None = None, initializer: Any = None, num_unit_shards: int = 1, forget_bias: float = 1.0,
        feature_size: int | None = None, frequency_skip: int | None = None,
        num_frequency_blocks: Sequence[int] | None = None, start_freqindex_list: Sequence[int] | None = None,
        end_freqindex_list: Sequence[int] | None = None, couple_input_forget_gates: bool = False,
        state_is_tuple: bool = True, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        if not state_is_tuple:
            logging.warning("%s: Using a concatenated state is slower.  Use state_is_tuple=True.", self)
        if num_frequency_blocks is None:
            raise ValueError("Must specify num_frequency_blocks")
        self._num_units, self._use_peepholes, self._cell_clip = num_units, use_peepholes, cell_clip
        self._share_time_frequency_weights, self._couple_input_forget_gates = (
            share_time_frequency_weights,
            couple_input_forget_gates,
        )
        self._initializer, self._num_unit_shards, self._forget_bias = initializer, num_unit_shards, forget_bias
        self._feature_size, self._frequency_skip = feature_size, frequency_skip
        self._blocks = list(num_frequency_blocks)
        self._starts, self._ends = start_freqindex_list, end_freqindex_list
        self._state_is_tuple = state_is_tuple
        self._state_tuple_type = self._tuple_type(("",)) if state_is_tuple else None

    def _tuple_type(self, prefixes: Sequence[str]) -> Any:
        names = [
            f"{prefix}state_f{i:02d}_b{block:02d}_{part}"
            for prefix in prefixes for block, count in enumerate(self._blocks) for i in range(count) for part in "cm"
        ]  # fmt: skip
        return collections.namedtuple(type(self).__name__.replace("Cell", "StateTuple"), names)

    @property
    def state_tuple_type(self) -> Any:
        """The named tuple that a state is; None if the state is joined."""
        return self._state_tuple_type

    @property
    def state_size(self) -> Any:
        n = self._num_units
        if self._state_tuple_type is None:
            return 2 * n * sum(self._blocks)
        return self._state_tuple_type(*[n] * len(self._state_tuple_type._fields))

    @property
    def output_size(self) -> int:
        return 2 * self._num_units * sum(self._blocks)

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        n = self._num_units
        features = self._features(inputs)
        if not self._state_is_tuple:
            state = [slice_of(state, [0, i * n], [-1, n]) for i in range(2 * sum(self._blocks))]
        outputs, states = self._along(inputs, features, list(state))
        joined = concat(outputs, 1)
        return joined, concat(states, 1) if self._state_tuple_type is None else self._state_tuple_type(*states)

    def _features(self, inputs: Tensor, offset: int = 0) -> list[list[Tensor]]:
        """The windows of each block, `offset` columns on; past the inputs they are zeros."""
        depth, size, skip = known_depth(inputs), self._feature_size, self._frequency_skip
        size, skip = depth if size is None else size, 1 if skip is None else skip
        if offset > 0:
            inputs = pad(inputs, [[0, 0], [0, offset]])
        if self._starts is None or self._ends is None:
            spans = [(0, depth)]
        elif len(self._starts) != len(self._ends):
            raise ValueError(
                f"Length of start and end freqindex_list does not match {len(self._starts)} {len(self._ends)}"
            )
        elif len(self._starts) != len(self._blocks):
            raise ValueError(
                f"Length of num_frequency_blocks is not equal to that of start_freqindex_list {len(self._blocks)} "
                f"{len(self._starts)}"
            )
        else:
            spans = list(zip(self._starts, self._ends))
        found = [windows(inputs, offset + start, offset + end, size, skip) for start, end in spans]
        for block, (told, parts) in enumerate(zip(self._blocks, found)):
            if len(parts) != told:
                raise ValueError(
                    f"Invalid num_frequency_blocks, requires {told} but gets {len(parts)} for block {block}, please "
                    "check the input size and filter config are correct."
                )
        return found

    def _along(
        self, inputs: Tensor, features: list[list[Tensor]], state: list[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """The outputs and states of all windows; `state` has those of the LSTM along time."""
        batch = inputs.shape.as_list()[0]
        batch = shape_of(inputs)[0] if batch is None else batch
        outputs: list[Tensor] = []
        states: list[Tensor] = []
        for block, parts in enumerate(features):
            step = _Step(self, block, int(parts[0].shape[1]), inputs.dtype)
            m_freq, c_freq = (zeros([batch, self._num_units], inputs.dtype) for _ in range(2))
            for i, feature in enumerate(parts):
                # In a joined state TensorFlow has every block read from the start.
                at = len(states) if self._state_is_tuple else 2 * i
                c_time, m_time = state[at : at + 2]
                c_freq, m_freq, c_time, m_time = step(concat([feature, m_time, m_freq], 1), c_freq, c_time)
                outputs += [m_time, m_freq]
                states += [c_time, m_time]
        return outputs, states


class _Step:
    """One window's step, with the weights of its block."""

    def __init__(self, cell: GridLSTMCell, block: int, depth: int, dtype: Any) -> None:
        n = cell._num_units
        self._clip, self._forget_bias = cell._cell_clip, cell._forget_bias
        self._coupled = cell._couple_input_forget_gates
        gates = 3 if self._coupled else 4
        of_freq, of_time = "f", "f" if cell._share_time_frequency_weights else "t"

        def layer(kind: str) -> tuple[Any, Any]:
            kernel = sharded(f"W_{kind}_{block}", [depth + 2 * n, gates * n], dtype, cell._num_unit_shards)
            return kernel, get_variable(f"B_{kind}_{block}", [gates * n], initializer=zeros_initializer(), dtype=dtype)

        def peepholes(axis: str) -> dict[str, list[Any]]:
            names = [gate for gate in ("IO" if self._coupled else "FIO") if cell._use_peepholes]
            return {
                gate.lower(): [get_variable(f"W_{gate}_diag_{axis}{of}_{block}", [n], dtype=dtype) for of in "ft"]
                for gate in names
            }

        self._layers = [layer(of_freq)]
        if of_time != of_freq:
            self._layers.append(layer(of_time))
        self._peepholes = [peepholes("freq")]
        if of_time != of_freq:
            self._peepholes.append(peepholes("time"))

    def __call__(self, seen: Tensor, c_freq: Tensor, c_time: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        parts = 3 if self._coupled else 4
        gates = [cut(bias_add(matmul(seen, kernel), bias), parts) for kernel, bias in self._layers]
        before = c_freq, c_time
        # The last entry stands for the LSTM along time; if weights are shared it is the only one.
        new_freq = self._held(gates[0], self._peepholes[0], before, c_freq)
        new_time = self._held(gates[-1], self._peepholes[-1], before, c_time)
        now = new_freq, new_time
        m_freq = sigmoid(_seen(gates[0][-1], self._peepholes[0], "o", now)) * tanh(new_freq)
        m_time = sigmoid(_seen(gates[-1][-1], self._peepholes[-1], "o", now)) * tanh(new_time)
        return new_freq, m_freq, new_time, m_time

    def _held(self, gates: Any, peepholes: dict[str, list[Any]], before: tuple[Tensor, Tensor], c: Tensor) -> Tensor:
        take = sigmoid(_seen(gates[0], peepholes, "i", before))
        keep = 1 - take if self._coupled else sigmoid(_seen(gates[2] + self._forget_bias, peepholes, "f", before))
        return clipped(keep * c + take * tanh(gates[1]), self._clip)


def _seen(gate: Tensor, peepholes: dict[str, list[Any]], name: str, held: tuple[Tensor, Tensor]) -> Tensor:
    """The gate after it has looked at what both LSTMs hold."""
    for weight, c in zip(peepholes.get(name, ()), held):
        gate = gate + weight * c
    return gate


class BidirectionalGridLSTMCell(GridLSTMCell):
    """A grid along the windows and one back, each with its own weights; both go forward in time.

    The way back starts from windows `backward_slice_offset` columns on.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/BidirectionalGridLSTMCell
    """

    def __init__(
        self, num_units: int, use_peepholes: bool = False, share_time_frequency_weights: bool = False,
        cell_clip: float | None = None, initializer: Any = None, num_unit_shards: int = 1, forget_bias: float = 1.0,
        feature_size: int | None = None, frequency_skip: int | None = None,
        num_frequency_blocks: Sequence[int] | None = None, start_freqindex_list: Sequence[int] | None = None,
        end_freqindex_list: Sequence[int] | None = None, couple_input_forget_gates: bool = False,
        backward_slice_offset: int = 0, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            num_units, use_peepholes, share_time_frequency_weights, cell_clip, initializer, num_unit_shards,
            forget_bias, feature_size, frequency_skip, num_frequency_blocks, start_freqindex_list, end_freqindex_list,
            couple_input_forget_gates, True, reuse,
        )  # fmt: skip
        self._backward_slice_offset = int(backward_slice_offset)
        self._state_tuple_type = self._tuple_type(("fwd_", "bwd_"))

    @property
    def output_size(self) -> int:
        return 2 * super().output_size

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        half = 2 * sum(self._blocks)
        forward = self._features(inputs)
        back = self._features(inputs, self._backward_slice_offset) if self._backward_slice_offset > 0 else forward
        with variable_scope("fwd"):
            outputs, states = self._along(inputs, forward, list(state[:half]))
        with variable_scope("bwd"):
            more, back_states = self._along(inputs, [block[::-1] for block in back], list(state[half:]))
        return concat(outputs + more, 1), self.state_tuple_type(*states, *back_states)
