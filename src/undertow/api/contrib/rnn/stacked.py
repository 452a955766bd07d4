"""Bidirectional networks on top of each other: each layer sees both directions of the one below.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/stack_bidirectional_dynamic_rnn
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ops.joining import concat
from ...rnn.dynamic import bidirectional_dynamic_rnn
from ...rnn.static import static_bidirectional_rnn
from ...variable_scope import variable_scope

Layer = Callable[..., tuple[Any, Any, Any]]


def _stacked(
    layer: Layer, cells_fw: Any, cells_bw: Any, inputs: Any, states_fw: Any, states_bw: Any, scope: Any
) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    for name, cells in (("cells_fw", cells_fw), ("cells_bw", cells_bw)):
        if cells is None:
            raise ValueError("Must specify at least one fw cell and one bw cell for BidirectionalRNN.")
        if not isinstance(cells, list):
            raise ValueError(f"{name} must be a list of RNNCells (one per layer).")
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for name, states in (("initial_states_fw", states_fw), ("initial_states_bw", states_bw)):
        if states is not None and (not isinstance(states, list) or len(states) != len(cells_fw)):
            raise ValueError(f"{name} must be a list of state tensors (one per layer).")
    last_fw, last_bw = [], []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw)):
            start_fw = None if states_fw is None else states_fw[i]
            start_bw = None if states_bw is None else states_bw[i]
            with variable_scope(f"cell_{i}"):
                inputs, state_fw, state_bw = layer(cell_fw, cell_bw, inputs, start_fw, start_bw)
            last_fw.append(state_fw)
            last_bw.append(state_bw)
    return inputs, tuple(last_fw), tuple(last_bw)


def stack_bidirectional_rnn(
    cells_fw: Any,
    cells_bw: Any,
    inputs: Any,
    initial_states_fw: Any = None,
    initial_states_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    """Layers of `static_bidirectional_rnn`: the top one's outputs, and both last states of every layer.

    `ValueError` if the lists of cells and states are not equally long.
    """

    def layer(cell_fw: Any, cell_bw: Any, inputs: Any, start_fw: Any, start_bw: Any) -> tuple[Any, Any, Any]:
        return static_bidirectional_rnn(cell_fw, cell_bw, inputs, start_fw, start_bw, dtype, sequence_length)

    return _stacked(layer, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw, scope)


def stack_bidirectional_dynamic_rnn(
    cells_fw: Any,
    cells_bw: Any,
    inputs: Any,
    initial_states_fw: Any = None,
    initial_states_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    """Layers of `bidirectional_dynamic_rnn`: the top one's outputs, joined, and both last states of every layer.

    `ValueError` if the lists of cells and states are not equally long.
    """

    def layer(cell_fw: Any, cell_bw: Any, inputs: Any, start_fw: Any, start_bw: Any) -> tuple[Any, Any, Any]:
        outputs, (state_fw, state_bw) = bidirectional_dynamic_rnn(
            cell_fw, cell_bw, inputs, sequence_length, start_fw, start_bw, dtype, parallel_iterations, swap_memory,
            time_major,
        )  # fmt: skip
        return concat(outputs, 2), state_fw, state_bw

    return _stacked(layer, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw, scope)
