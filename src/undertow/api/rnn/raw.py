"""A recurrent network whose inputs, states and outputs a function chooses step by step.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/raw_rnn
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import nest
from ...graph.operation import Tensor
from ...graph.shape import TensorShape
from ...ops.array import shape as shape_of
from ...ops.array import zeros
from ...ops.constant import constant
from ...ops.math import logical_not, logical_or
from ...ops.node import convert_to_tensor
from ...ops.reduction import reduce_all
from ...ops.tensor_array import TensorArray
from ...ops.while_loop import while_loop
from ..variable_scope import variable_scope
from .cells import assert_like_rnncell
from .sizes import as_shape, joined
from .step import copy_through


def raw_rnn(
    cell: Any,
    loop_fn: Callable[..., Any],
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """Run `cell` on what `loop_fn` gives it: TensorArrays of what was emitted, the last state, the last loop state.

    `loop_fn(time, cell_output, cell_state, loop_state)` gives which examples have finished (bool [batch]), the next
    input, the next cell state, what to emit, and the next loop state. At time 0 output, state and loop state are None,
    and what it gives to emit tells only dtypes and shapes, None for those of the cell's output. What a finished
    example emits is zeros. `TypeError` if `cell` is none or `loop_fn` cannot be called.
    """
    assert_like_rnncell("cell", cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with variable_scope(scope or "rnn"):
        time = constant(0, dtype="int32")
        finished, next_input, state, emitted, loop_state = loop_fn(time, None, None, None)
        has_loop_state = loop_state is not None
        loop_state = loop_state if has_loop_state else constant(0, dtype="int32")
        known, batch_size = _batch_of(nest.flatten(next_input))
        nest.assert_same_structure(state, cell.state_size)
        state = nest.pack_sequence_as(state, [convert_to_tensor(s) for s in nest.flatten(state)])
        structure, sizes, emit_dtypes = _to_emit(cell, emitted, state)
        arrays = [
            TensorArray(
                dtype, size=0, dynamic_size=True, name=f"rnn_output_{i}",
                element_shape=TensorShape([known]).concatenate(as_shape(size)),
            )
            for i, (dtype, size) in enumerate(zip(emit_dtypes, sizes))
        ]  # fmt: skip
        nothing = [zeros(joined(batch_size, size), dtype) for size, dtype in zip(sizes, emit_dtypes)]
        nothing = nest.pack_sequence_as(structure, nothing)

        def step(time: Tensor, finished: Tensor, now: Any, arrays: Any, state: Any, loop_state: Any) -> Any:
            output, cell_state = cell(now, state)
            nest.assert_same_structure(state, cell_state)
            nest.assert_same_structure(cell.output_size, output)
            later = time + 1
            next_finished, next_input, next_state, emit, next_loop_state = loop_fn(
                later, output, cell_state, loop_state
            )
            nest.assert_same_structure(state, next_state)
            nest.assert_same_structure(now, next_input)
            nest.assert_same_structure(structure, emit)
            if next_loop_state is None:
                next_loop_state = loop_state
            emit = nest.map_structure(lambda old, new: copy_through(finished, old, new), nothing, emit)
            next_state = nest.map_structure(lambda old, new: copy_through(finished, old, new), state, next_state)
            arrays = nest.map_structure(lambda array, value: array.write(time, value), arrays, emit)
            return later, logical_or(finished, next_finished), next_input, arrays, next_state, next_loop_state

        found = while_loop(
            lambda time, finished, *_: logical_not(reduce_all(finished)),
            step,
            [time, finished, next_input, nest.pack_sequence_as(structure, arrays), state, loop_state],
            parallel_iterations=parallel_iterations or 32,
            swap_memory=swap_memory,
        )
        arrays, state, loop_state = found[-3:]
        return arrays, state, loop_state if has_loop_state else None


def _batch_of(flat: list[Tensor]) -> tuple[int | None, Any]:
    """The batch size as far as it is known, and as a number or a tensor."""
    batch = TensorShape([None])
    for tensor in flat:
        if tensor.shape.ndims:
            batch = batch.merge_with(tensor.shape[:1])
    known = batch.as_list()[0]
    return known, shape_of(flat[0])[0] if known is None else known


def _to_emit(cell: Any, emitted: Any, state: Any) -> tuple[Any, list[Any], list[Any]]:
    """The structure of what is emitted, and the sizes and dtypes of its parts."""
    if emitted is None:
        sizes = nest.flatten(cell.output_size)
        return cell.output_size, sizes, [nest.flatten(state)[0].dtype] * len(sizes)
    flat = nest.flatten(emitted)
    return emitted, [t.shape if t.shape.is_fully_defined() else shape_of(t) for t in flat], [t.dtype for t in flat]
