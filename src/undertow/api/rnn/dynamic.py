"""Recurrent networks along a tensor, as a loop in the graph.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/dynamic_rnn
"""

from __future__ import annotations

from typing import Any

from ...graph import nest
from ...graph.operation import Tensor
from ...graph.scopes import control_dependencies, name_scope
from ...graph.shape import TensorShape
from ...ops.array import identity
from ...ops.array import rank as rank_of
from ...ops.array import shape as shape_of
from ...ops.check import Assert
from ...ops.constant import constant
from ...ops.joining import concat, stack
from ...ops.math import cast, equal, maximum, minimum
from ...ops.node import convert_to_tensor
from ...ops.reduction import range as range_of
from ...ops.reduction import reduce_all, reduce_max, reduce_min
from ...ops.shaping import reverse, reverse_sequence, transpose
from ...ops.tensor_array import TensorArray
from ...ops.while_loop import while_loop
from ..variable_scope import variable_scope
from .cells import assert_like_rnncell
from .sizes import as_shape, batch_size_of, dtype_of_state, static_joined, zero_output
from .step import Ends, rnn_step


def dynamic_rnn(
    cell: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[Any, Any]:
    """Run `cell` along `inputs` [batch, time, …] (or nested ones): the outputs [batch, time, …] and the last state.

    If `time_major` both are [time, batch, …]. Past an example's `sequence_length` (int [batch]) its outputs are zero
    and its state stays. Without `initial_state` it starts from zeros of `dtype`. `TypeError` if `cell` is none,
    `ValueError` for inputs without a known depth, or with neither a state nor a dtype.
    """
    assert_like_rnncell("cell", cell)
    with variable_scope(scope or "rnn"):
        flat = nest.flatten(inputs)
        if not time_major:
            flat = [transpose_batch_time(convert_to_tensor(t)) for t in flat]
        if sequence_length is not None:
            sequence_length = cast(sequence_length, "int32")
            if sequence_length.shape.ndims not in (None, 1):
                raise ValueError(
                    f"sequence_length must be a vector of length batch_size, but saw shape: {sequence_length.shape}"
                )
            sequence_length = identity(sequence_length, name="sequence_length")
        batch_size = batch_size_of(flat)
        if initial_state is not None:
            state = initial_state
        elif not dtype:
            raise ValueError("If there is no initial_state, you must give a dtype.")
        elif hasattr(cell, "get_initial_state"):
            state = cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype)
        else:
            state = cell.zero_state(batch_size, dtype)
        if sequence_length is not None:
            with control_dependencies([_assert_shape(sequence_length, [batch_size])]):
                sequence_length = identity(sequence_length, name="CheckSeqLen")
        outputs, state = _loop(
            cell, nest.pack_sequence_as(inputs, flat), state, parallel_iterations or 32, swap_memory, sequence_length,
            dtype,
        )  # fmt: skip
        return outputs if time_major else nest.map_structure(transpose_batch_time, outputs), state


def transpose_batch_time(x: Tensor) -> Tensor:
    """`x` with its first two dimensions exchanged."""
    shape = x.shape
    if shape.ndims is not None and shape.ndims < 2:
        raise ValueError(f"Expected input tensor {x.name} to have rank at least 2, but saw shape: {shape}")
    result = transpose(x, concat([[1, 0], range_of(2, rank_of(x))], axis=0))
    if shape.ndims is not None:
        dims = shape.as_list()
        result.set_shape([dims[1], dims[0], *dims[2:]])
    return result


def _assert_shape(x: Tensor, wanted: list[Any]) -> Any:
    found, packed = shape_of(x), stack(wanted)
    return Assert(
        reduce_all(equal(found, packed)), [f"Expected shape for Tensor {x.name} is ", packed, " but saw shape: ", found]
    )


def _known_sizes(flat: list[Tensor]) -> tuple[int | None, int | None]:
    """The time steps and the batch size, as far as the shapes of the inputs tell."""
    shapes = [t.shape.with_rank_at_least(3) for t in flat]
    steps, batch = shapes[0].as_list()[:2] if shapes[0].ndims is not None else (None, None)
    for shape in shapes:
        if shape.ndims is None or not shape[2:].is_fully_defined():
            raise ValueError("Input size (depth of inputs) must be accessible via shape inference, but saw value None.")
        if shape.as_list()[0] != steps:
            raise ValueError("Time steps is not the same for all the elements in the input in a batch.")
        if shape.as_list()[1] != batch:
            raise ValueError("Batch_size is not the same for all the elements in the input.")
    return steps, batch


def _loop(
    cell: Any, inputs: Any, state: Any, parallel_iterations: int, swap_memory: bool, sequence_length: Any, dtype: Any
) -> tuple[Any, Any]:
    flat = nest.flatten(inputs)
    sizes = nest.flatten(cell.output_size)
    steps = shape_of(flat[0])[0]
    batch_size = batch_size_of(flat)
    known_steps, known_batch = _known_sizes(flat)
    output_dtype = dtype_of_state(dtype, state)
    zeros = nest.pack_sequence_as(cell.output_size, [zero_output(s, batch_size, output_dtype) for s in sizes])
    bound, ends = steps, None
    if sequence_length is not None:
        ends = Ends(sequence_length, reduce_min(sequence_length), reduce_max(sequence_length))
        bound = ends.greatest
    time = constant(0, dtype="int32", name="time")
    with name_scope("dynamic_rnn") as base:
        pass

    def array(name: str, shape: TensorShape, dtype: Any) -> TensorArray:
        return TensorArray(dtype, size=steps, element_shape=shape, tensor_array_name=f"{base}{name}")

    written = [
        array(f"output_{i}", TensorShape([known_batch]).concatenate(as_shape(size)), output_dtype)
        for i, size in enumerate(sizes)
    ]
    given = [array(f"input_{i}", t.shape[1:], t.dtype) for i, t in enumerate(flat)]
    given = [a.unstack(t) for a, t in zip(given, flat)]

    def step(time: Tensor, written: Any, state: Any) -> Any:
        now = [a.read(time) for a in given]
        for t, whole in zip(now, flat):
            t.set_shape(whole.shape[1:])
        inputs_now = nest.pack_sequence_as(inputs, now)

        def call_cell() -> tuple[Any, Any]:
            return cell(inputs_now, state)

        output, new_state = (
            call_cell() if ends is None else rnn_step(time, ends, zeros, state, call_cell, skip_conditionals=True)
        )
        written = tuple(a.write(time, out) for a, out in zip(written, nest.flatten(output)))
        return time + 1, written, new_state

    last = minimum(steps, maximum(1, bound))
    _, written, state = while_loop(
        lambda time, *_: time < last,
        step,
        (time, tuple(written), state),
        parallel_iterations=parallel_iterations,
        maximum_iterations=steps,
        swap_memory=swap_memory,
    )
    outputs = [a.stack() for a in written]
    for output, size in zip(outputs, sizes):
        output.set_shape(static_joined(TensorShape([known_steps, known_batch]), size))
    return nest.pack_sequence_as(cell.output_size, outputs), state


def bidirectional_dynamic_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """`dynamic_rnn` of `cell_fw` along the inputs and of `cell_bw` back: both outputs, and both last states.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/bidirectional_dynamic_rnn
    """
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    options = {
        "sequence_length": sequence_length, "dtype": dtype, "parallel_iterations": parallel_iterations,
        "swap_memory": swap_memory, "time_major": time_major,
    }  # fmt: skip
    time_axis, batch_axis = (0, 1) if time_major else (1, 0)

    def turned(x: Tensor) -> Tensor:
        if sequence_length is None:
            return reverse(x, axis=[time_axis])
        return reverse_sequence(x, sequence_length, seq_axis=time_axis, batch_axis=batch_axis)

    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw:
            forward, state_fw = dynamic_rnn(cell_fw, inputs, initial_state=initial_state_fw, scope=fw, **options)
        with variable_scope("bw") as bw:
            back, state_bw = dynamic_rnn(
                cell_bw, nest.map_structure(turned, inputs), initial_state=initial_state_bw, scope=bw, **options
            )
    return (forward, nest.map_structure(turned, back)), (state_fw, state_bw)
