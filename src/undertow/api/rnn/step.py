"""One step of a sequence whose examples may have ended: they keep their state and give zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import nest, stacks
from ...graph.operation import Tensor
from ...ops.cond import cond
from ...ops.slicing import where
from ...ops.tensor_array import TensorArray


class Ends:
    """When the sequences of a batch end: their lengths, the least and the greatest of them."""

    def __init__(self, lengths: Tensor, least: Tensor, greatest: Tensor) -> None:
        self.lengths, self.least, self.greatest = lengths, least, greatest


def rnn_step(
    time: Any,
    ends: Ends,
    zero_output: Any,
    state: Any,
    call_cell: Callable[[], tuple[Any, Any]],
    skip_conditionals: bool = False,
) -> tuple[Any, Any]:
    """What `call_cell()` gives where the sequence has not ended, else `zero_output` and the `state` as it was.

    Unless `skip_conditionals` the cell is not called at all once every sequence has ended.
    """
    flat_state, flat_zeros = nest.flatten(state), nest.flatten(zero_output)
    ended = time >= ends.lengths

    def called() -> tuple[list[Any], list[Any]]:
        new_output, new_state = call_cell()
        nest.assert_same_structure(zero_output, new_output)
        nest.assert_same_structure(state, new_state)
        return nest.flatten(new_output), nest.flatten(new_state)

    def copied(outputs: list[Any], states: list[Any]) -> list[Any]:
        return [copy_through(ended, old, new) for old, new in zip(flat_zeros + flat_state, outputs + states)]

    def some_ended() -> Any:
        outputs, states = called()
        return cond(time < ends.least, lambda: outputs + states, lambda: copied(outputs, states))

    if skip_conditionals:
        found = copied(*called())
    else:
        found = cond(time >= ends.greatest, lambda: flat_zeros + flat_state, some_ended)
    outputs, states = found[: len(flat_zeros)], found[len(flat_zeros) :]
    for new, old in zip(outputs + states, flat_zeros + flat_state):
        if not isinstance(new, TensorArray):
            new.set_shape(old.shape)
    return nest.pack_sequence_as(zero_output, outputs), nest.pack_sequence_as(state, states)


def copy_through(ended: Tensor, old: Any, new: Any) -> Any:
    """`old` for the examples that have ended, else `new`; scalars and TensorArrays just go on."""
    if isinstance(old, TensorArray) or old.shape.ndims == 0:
        return new
    with stacks.get_default_graph().colocate_with(new.op):
        return where(ended, old, new)
