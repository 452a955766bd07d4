"""A cell that looks back at its last outputs: https://arxiv.org/abs/1409.0473.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/AttentionCellWrapper
"""

from __future__ import annotations

from typing import Any

from ....graph import nest
from ....graph.operation import Tensor
from ....ops.conv import conv2d
from ....ops.joining import concat
from ....ops.math import tanh
from ....ops.reduction import reduce_sum
from ....ops.shaping import expand_dims, reshape
from ....ops.slicing import slice as slice_of
from ....ops.softmax import softmax
from ... import logging
from ...get_variable import get_variable
from ...rnn.cells import RNNCell, assert_like_rnncell
from ...variable_scope import variable_scope
from .linear import linear


class AttentionCellWrapper(RNNCell):
    """`cell` with attention to its last `attn_length` outputs, of `attn_size` each.

    The state is (the cell's, the attention [batch, attn_size], the outputs [batch, attn_size * attn_length]), or all
    joined if not `state_is_tuple`. `TypeError` if `cell` is none, `ValueError` for a length below 1.
    """

    def __init__(
        self, cell: Any, attn_length: int, attn_size: int | None = None, attn_vec_size: int | None = None,
        input_size: int | None = None, state_is_tuple: bool = True, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        assert_like_rnncell("cell", cell)
        if nest.is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError(
                "Cell returns tuple of states, but the flag state_is_tuple is not set. State size is: "
                f"{cell.state_size}"
            )
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        if not state_is_tuple:
            logging.warning("%s: Using a concatenated state is slower.  Use state_is_tuple=True.", self)
        self._cell, self._attn_length, self._input_size = cell, attn_length, input_size
        self._attn_size = cell.output_size if attn_size is None else attn_size
        self._attn_vec_size = self._attn_size if attn_vec_size is None else attn_vec_size
        self._state_is_tuple = state_is_tuple

    @property
    def state_size(self) -> Any:
        sizes = (self._cell.state_size, self._attn_size, self._attn_size * self._attn_length)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        return self._attn_size

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        length, size = self._attn_length, self._attn_size
        if self._state_is_tuple:
            state, attended, kept = state
        else:
            whole, own = state, self._cell.state_size
            state = slice_of(whole, [0, 0], [-1, own])
            attended = slice_of(whole, [0, own], [-1, size])
            kept = slice_of(whole, [0, own + size], [-1, size * length])
        kept = reshape(kept, [-1, length, size])
        width = self._input_size or int(inputs.shape[1])
        output, state = self._cell(linear([inputs, attended], width), state)
        attended, kept = self._attend(concat(nest.flatten(state), 1) if self._state_is_tuple else state, kept)
        with variable_scope("attn_output_projection"):
            output = linear([output, attended], size)
        kept = reshape(concat([kept, expand_dims(output, 1)], 1), [-1, length * size])
        return output, (state, attended, kept) if self._state_is_tuple else concat([state, attended, kept], 1)

    def _attend(self, query: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
        """What the query attends to, and what is kept but for the oldest."""
        length, size, width = self._attn_length, self._attn_size, self._attn_vec_size
        with variable_scope("attention"):
            w = get_variable("attn_w", [1, 1, size, width])
            v = get_variable("attn_v", [width])
            values = reshape(kept, [-1, length, 1, size])
            features = conv2d(values, w, [1, 1, 1, 1], "SAME")
            asked = reshape(linear(query, width), [-1, 1, 1, width])
            weights = softmax(reduce_sum(v * tanh(features + asked), [2, 3]))
            attended = reduce_sum(reshape(weights, [-1, length, 1, 1]) * values, [1, 2])
            return reshape(attended, [-1, size]), slice_of(kept, [0, 1, 0], [-1, -1, -1])
