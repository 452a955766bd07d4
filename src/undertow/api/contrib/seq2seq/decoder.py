"""What a decoder is, and the loop that runs one.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/dynamic_decode
"""

from __future__ import annotations

import abc
import contextlib
from typing import Any

from ....graph import dtypes, nest
from ....graph.operation import Tensor
from ....graph.shape import TensorShape
from ....ops import array, math, reduction, slicing
from ....ops.constant import constant
from ....ops.constant_value import constant_value
from ....ops.node import convert_to_tensor
from ....ops.tensor_array import TensorArray
from ....ops.while_loop import while_loop
from ...rnn.dynamic import transpose_batch_time
from ...rnn.sizes import as_shape, zero_states
from ...variable_scope import variable_scope


class Decoder(abc.ABC):
    """What `dynamic_decode` runs. A subclass writes `initialize` and `step`, and tells its sizes.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/Decoder
    """

    @property
    def batch_size(self) -> Any:
        """How many sequences are decoded at once: a scalar int32 tensor."""
        raise NotImplementedError

    @property
    def output_size(self) -> Any:
        """The (nested) shapes of what a step gives, without the batch."""
        raise NotImplementedError

    @property
    def output_dtype(self) -> Any:
        """The (nested) dtypes of what a step gives."""
        raise NotImplementedError

    @abc.abstractmethod
    def initialize(self, name: str | None = None) -> Any:
        """Before the first step: `(finished, first inputs, first state)`."""

    @abc.abstractmethod
    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """One step: `(outputs, next state, next inputs, finished)`."""

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """After the last step: `(outputs, final state)` of what all steps gave, stacked along time."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether what `step` tells of what has finished stands as it is; else what has finished once stays so."""
        return False


def create_zero_outputs(size: Any, dtype: Any, batch_size: Any) -> Any:
    """Zeros of the (nested) sizes and dtypes: each [batch_size, …]."""
    return nest.map_structure(lambda s, d: zero_states(as_shape(s), batch_size, d), size, dtype)


def dynamic_decode(
    decoder: Any,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """Run `decoder` until all sequences have finished: the outputs, the final state, the lengths (int32 [batch]).

    Outputs are [batch, time, …], or [time, batch, …] if `output_time_major`. With `impute_finished` a finished
    sequence gives zeros and keeps its state. No more than `maximum_iterations` steps are done. `TypeError` if
    `decoder` is none, `ValueError` if `maximum_iterations` is no scalar.
    """
    if not isinstance(decoder, Decoder):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    with variable_scope(scope, "decoder"):
        limit = _limit(maximum_iterations)
        finished, inputs, state = decoder.initialize()
        zeros = create_zero_outputs(decoder.output_size, decoder.output_dtype, decoder.batch_size)
        if limit is not None:
            finished = math.logical_or(finished, limit <= 0)
        lengths = array.zeros_like(finished, dtype=dtypes.int32)
        start = constant(0, dtype=dtypes.int32)
        batch = _known_batch(decoder.batch_size)

        def written(size: Any, dtype: Any) -> TensorArray:
            shape = TensorShape([batch]).concatenate(as_shape(size))
            return TensorArray(dtype, size=0, dynamic_size=True, element_shape=shape)

        def step(time: Tensor, arrays: Any, state: Any, inputs: Any, finished: Tensor, lengths: Tensor) -> Any:
            outputs, next_state, next_inputs, now = decoder.step(time, inputs, state)
            now = now if decoder.tracks_own_finished else math.logical_or(now, finished)
            nest.assert_same_structure(state, next_state)
            nest.assert_same_structure(zeros, outputs)
            nest.assert_same_structure(inputs, next_inputs)
            going_on, reached = math.logical_not(finished), array.fill(array.shape(lengths), time + 1)
            lengths = slicing.where(going_on, reached, lengths)
            if impute_finished:
                outputs = nest.map_structure(lambda out, zero: slicing.where(finished, zero, out), outputs, zeros)
                next_state = nest.map_structure(lambda new, old: _kept(finished, old, new), next_state, state)
            arrays = nest.map_structure(lambda a, out: a.write(time, out), arrays, outputs)
            return time + 1, arrays, next_state, next_inputs, now, lengths

        found = while_loop(
            lambda time, arrays, state, inputs, finished, lengths: math.logical_not(reduction.reduce_all(finished)),
            step,
            (
                start,
                nest.map_structure(written, decoder.output_size, decoder.output_dtype),
                state,
                inputs,
                finished,
                lengths,
            ),
            parallel_iterations=parallel_iterations,
            maximum_iterations=limit,
            swap_memory=swap_memory,
        )
        _, arrays, state, _, _, lengths = found
        outputs = nest.map_structure(lambda a: a.stack(), arrays)
        with contextlib.suppress(NotImplementedError):
            outputs, state = decoder.finalize(outputs, state, lengths)
        if not output_time_major:
            outputs = nest.map_structure(transpose_batch_time, outputs)
    return outputs, state, lengths


def _limit(maximum_iterations: Any) -> Tensor | None:
    if maximum_iterations is None:
        return None
    limit = convert_to_tensor(maximum_iterations, dtype=dtypes.int32, name="maximum_iterations")
    if limit.shape.ndims != 0:
        raise ValueError("maximum_iterations must be a scalar")
    return limit


def _known_batch(batch_size: Any) -> int | None:
    value = constant_value(batch_size) if isinstance(batch_size, Tensor) else batch_size
    return None if value is None else int(value)


def _kept(finished: Tensor, old: Any, new: Any) -> Any:
    """The state of a step: that from before where a sequence has finished. TensorArrays and scalars just go on."""
    if isinstance(old, TensorArray):
        return new
    new.set_shape(old.shape)
    return new if new.shape.ndims == 0 else slicing.where(finished, old, new)
