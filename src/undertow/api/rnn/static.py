"""Recurrent networks along a list of tensors: every step has nodes of its own.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/static_rnn
"""

from __future__ import annotations

from typing import Any

from ...graph import nest
from ...graph.operation import Tensor
from ...graph.scopes import control_dependencies
from ...graph.shape import TensorShape
from ...ops.array import identity
from ...ops.array import shape as shape_of
from ...ops.joining import concat, stack, unstack
from ...ops.math import cast
from ...ops.reduction import reduce_max, reduce_min
from ...ops.shaping import reverse_sequence
from ..variable_scope import variable_scope
from .cells import assert_like_rnncell
from .sizes import dtype_of_state, static_joined, zero_output
from .step import Ends, rnn_step


def static_rnn(
    cell: Any,
    inputs: Any,
    initial_state: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """Run `cell` along the list `inputs` of tensors [batch, depth] (or nested ones): the outputs, and the last state.

    Past an example's `sequence_length` (int [batch]) its outputs are zero and its state stays. `TypeError` if `cell`
    or `inputs` are none, `ValueError` for no inputs, an unknown depth, or with neither a state nor a dtype.
    """
    assert_like_rnncell("cell", cell)
    if not nest.is_nested(inputs):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    with variable_scope(scope or "rnn") as varscope:
        known = _known_batch(nest.flatten(inputs))
        batch_size = known if known is not None else shape_of(nest.flatten(inputs)[0])[0]
        if initial_state is not None:
            state = initial_state
        elif not dtype:
            raise ValueError("If no initial_state is provided, dtype must be specified")
        else:
            make = getattr(cell, "get_initial_state", None)
            state = make(batch_size=batch_size, dtype=dtype) if make else cell.zero_state(batch_size, dtype)
        ends, zeros = None, None
        if sequence_length is not None:
            sequence_length = cast(sequence_length, "int32")
            if sequence_length.shape.ndims not in (None, 1):
                raise ValueError(f"sequence_length must be a vector of length batch_size, got {sequence_length}")
            zeros = nest.map_structure(
                lambda size: _zeros(size, batch_size, known, dtype_of_state(dtype, state)), cell.output_size
            )
            ends = Ends(sequence_length, reduce_min(sequence_length), reduce_max(sequence_length))
        outputs = []
        for time, now in enumerate(inputs):
            if time > 0:
                varscope.reuse_variables()
            output, state = _step(cell, time, now, state, ends, zeros)
            outputs.append(output)
        return outputs, state


def _step(cell: Any, time: int, now: Any, state: Any, ends: Ends | None, zeros: Any) -> tuple[Any, Any]:
    if ends is None:
        return cell(now, state)
    return rnn_step(time, ends, zeros, state, lambda: cell(now, state))


def _known_batch(flat: list[Tensor]) -> int | None:
    """The batch size as far as the inputs tell. `ValueError` if they differ or a depth is not known."""
    batch = TensorShape([None])
    for tensor in flat:
        shape = tensor.shape
        if shape.ndims is None or shape.ndims < 1:
            continue
        batch = batch.merge_with(shape[:1])
        for i, size in enumerate(shape.as_list()[1:]):
            if size is None:
                raise ValueError(
                    f"Input size (dimension {i} of inputs) must be accessible via shape inference, but saw value None."
                )
    return batch.as_list()[0]


def _zeros(size: Any, batch_size: Any, known: int | None, dtype: Any) -> Tensor:
    result = zero_output(size, batch_size, dtype)
    result.set_shape(static_joined(known, size))
    return result


def static_state_saving_rnn(
    cell: Any, inputs: Any, state_saver: Any, state_name: Any, sequence_length: Any = None, scope: Any = None
) -> tuple[list[Any], Any]:
    """`static_rnn` from the state `state_saver.state(name)`, whose last one goes to `save_state(name, value)`.

    `state_name` is a name, or as many (nested) names as the state has parts. `ValueError` if they are not as many.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/static_state_saving_rnn
    """
    size = cell.state_size
    if nest.is_nested(state_name) != nest.is_nested(size):
        raise ValueError(
            f"state_name should be the same type as cell.state_size.  state_name: {state_name}, cell.state_size: {size}"
        )
    names = nest.flatten(state_name)
    if len(names) != len(nest.flatten(size)):
        raise ValueError(f"#elems(state_name) != #elems(state_size): {len(names)} vs. {len(nest.flatten(size))}")
    start = nest.pack_sequence_as(size, [state_saver.state(name) for name in names])
    outputs, state = static_rnn(cell, inputs, initial_state=start, sequence_length=sequence_length, scope=scope)
    saves = [state_saver.save_state(name, value) for name, value in zip(names, nest.flatten(state))]
    with control_dependencies(saves):
        last = nest.map_structure(identity, outputs[-1])
    return [*outputs[:-1], last], state


def static_bidirectional_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any, Any]:
    """`static_rnn` of `cell_fw` along the inputs and of `cell_bw` back: joined outputs, and both last states.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/static_bidirectional_rnn
    """
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    if not nest.is_nested(inputs):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw:
            forward, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=fw)
        with variable_scope("bw") as bw:
            backward = turned(inputs, sequence_length)
            back, state_bw = static_rnn(cell_bw, backward, initial_state_bw, dtype, sequence_length, scope=bw)
    back = turned(back, sequence_length)
    joined = [concat([f, b], 1) for f, b in zip(nest.flatten(forward), nest.flatten(back))]
    return nest.pack_sequence_as(forward, joined), state_fw, state_bw


def turned(sequence: Any, lengths: Any) -> list[Any]:
    """The list of (nested) tensors backward; with lengths each example from its own end."""
    if lengths is None:
        return list(reversed(sequence))
    results: list[list[Tensor]] = [[] for _ in sequence]
    for parts in zip(*(nest.flatten(item) for item in sequence)):
        shape = TensorShape(None)
        for part in parts:
            shape = shape.merge_with(part.shape)
        for part in parts:
            part.set_shape(shape)
        for result, part in zip(results, unstack(reverse_sequence(stack(list(parts)), lengths, 0, 1))):
            part.set_shape(shape)
            result.append(part)
    return [nest.pack_sequence_as(item, result) for item, result in zip(sequence, results)]
