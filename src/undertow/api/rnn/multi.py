"""Cells on top of each other.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/MultiRNNCell
"""

from __future__ import annotations

import collections
from typing import Any

from ...graph import nest
from ...graph.scopes import name_scope
from ...ops.joining import concat
from ...ops.slicing import slice as slice_of
from .. import logging
from ..variable_scope import variable_scope
from .cells import RNNCell, assert_like_rnncell

TrackableReference = collections.namedtuple("TrackableReference", ("name", "ref"))


class MultiRNNCell(RNNCell):
    """`cells`, each fed with the output of the one before. The state is a tuple of theirs, or all joined.

    `ValueError` for no cells, or states that are tuples to be joined; `TypeError` for what is no list of cells.
    """

    def __init__(self, cells: Any, state_is_tuple: bool = True) -> None:
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not nest.is_nested(cells):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        if len({id(cell) for cell in cells}) < len(cells):
            logging.warning("At least two cells provided to MultiRNNCell are the same object and will share weights.")
        for cell in cells:
            assert_like_rnncell("cell in cells", cell)
        self._cells = cells
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(nest.is_nested(c.state_size) for c in cells):
            raise ValueError(
                "Some cells return tuples of states, but the flag state_is_tuple is not set.  State sizes are: "
                f"{[c.state_size for c in cells]}"
            )

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        """What checkpoints of objects call the cells."""
        return [TrackableReference(f"cell-{i}", cell) for i, cell in enumerate(self._cells)]

    @property
    def state_size(self) -> Any:
        sizes = [cell.state_size for cell in self._cells]
        return tuple(sizes) if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        return self._cells[-1].output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return super().zero_state(batch_size, dtype)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        if self._state_is_tuple and not nest.is_nested(state):
            raise ValueError(f"Expected state to be a tuple of length {len(self.state_size)}, but received: {state}")
        start, states = 0, []
        for i, cell in enumerate(self._cells):
            with variable_scope(f"cell_{i}"):
                if self._state_is_tuple:
                    before = state[i]
                else:
                    before = slice_of(state, [0, start], [-1, cell.state_size])
                    start += cell.state_size
                inputs, after = cell(inputs, before)
                states.append(after)
        return inputs, tuple(states) if self._state_is_tuple else concat(states, 1)
