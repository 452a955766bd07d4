"""Helpers that feed the truth or, by chance, what was decoded: https://arxiv.org/abs/1506.03099.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/ScheduledEmbeddingTrainingHelper
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....graph import dtypes
from ....graph.operation import Tensor
from ....graph.scopes import name_scope
from ....ops import array, math, reduction, slicing
from ....ops.cond import cond
from ....ops.gather import gather_nd
from ....ops.joining import concat
from ....ops.node import convert_to_tensor, node
from ...rnn.dynamic import transpose_batch_time
from .helpers import TrainingHelper, bernoulli_sample, categorical_sample, embedding_function, unstacked


def _probability(value: Any) -> Tensor:
    result = convert_to_tensor(value, name="sampling_probability")
    if result.shape.ndims not in (0, 1):
        raise ValueError(f"sampling_probability must be either a scalar or a vector. saw shape: {result.shape}")
    return result


def _rows_where(chosen: Tensor) -> Tensor:
    return math.cast(slicing.where(chosen), dtypes.int32)


def _put_together(rows: Tensor, values: Tensor, other_rows: Tensor, others: Tensor, shape: Tensor) -> Tensor:
    """A tensor of some rows and of others: all of them."""
    return node("ScatterNd", rows, values, shape) + node("ScatterNd", other_rows, others, shape)


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """A `TrainingHelper` that feeds, with `sampling_probability`, the embedding of a class drawn from the output.

    What was sampled is -1 where nothing was. `embedding` is called with ids, or is what they are looked up in.
    `ValueError` if the probability is neither a scalar nor a vector.
    """

    def __init__(
        self, inputs: Any, sequence_length: Any, embedding: Any, sampling_probability: Any, time_major: bool = False,
        seed: int | None = None, scheduling_seed: int | None = None, name: str | None = None,
    ) -> None:  # fmt: skip
        with name_scope(name, "ScheduledEmbeddingSamplingWrapper", [embedding, sampling_probability]):
            self._embedding_fn = embedding_function(embedding)
            self._sampling_probability = _probability(sampling_probability)
            self._seed, self._scheduling_seed = seed, scheduling_seed
            super().__init__(inputs=inputs, sequence_length=sequence_length, time_major=time_major, name=name)

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:  # type: ignore[override]
        with name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time, outputs, state]):
            chosen = bernoulli_sample(
                probs=self._sampling_probability,
                dtype=dtypes.bool,
                sample_shape=self.batch_size,
                seed=self._scheduling_seed,
            )
            ids = categorical_sample(logits=outputs, seed=self._seed)
            return slicing.where(chosen, ids, array.fill([self.batch_size], -1))

    def next_inputs(  # type: ignore[override]
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        with name_scope(name, "ScheduledEmbeddingTrainingHelperNextInputs", [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(time=time, outputs=outputs, state=state)

            def mixed() -> Tensor:
                sampled, others = _rows_where(sample_ids > -1), _rows_where(sample_ids <= -1)
                ids, kept = gather_nd(sample_ids, sampled), gather_nd(given, others)
                return _put_together(sampled, self._embedding_fn(ids), others, kept, array.shape(given))

            return finished, cond(reduction.reduce_all(finished), lambda: given, mixed), state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """A `TrainingHelper` that feeds, with `sampling_probability`, the output, or `next_inputs_fn` of it.

    `auxiliary_inputs`, of the inputs' shape but for the last dimension, are joined to either. What is sampled is
    whether the output is fed. `ValueError` if the probability is neither a scalar nor a vector.
    Source:
    https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/ScheduledOutputTrainingHelper
    """

    def __init__(
        self, inputs: Any, sequence_length: Any, sampling_probability: Any, time_major: bool = False,
        seed: int | None = None, next_inputs_fn: Callable[[Any], Any] | None = None, auxiliary_inputs: Any = None,
        name: str | None = None,
    ) -> None:  # fmt: skip
        with name_scope(name, "ScheduledOutputTrainingHelper", [inputs, auxiliary_inputs, sampling_probability]):
            self._sampling_probability = _probability(sampling_probability)
            self._auxiliary_input_tas = None
            if auxiliary_inputs is not None:
                inputs = convert_to_tensor(inputs, name="inputs")
                auxiliary_inputs = convert_to_tensor(auxiliary_inputs, name="auxiliary_inputs")
                inputs = concat([inputs, auxiliary_inputs], -1)
                if not time_major:
                    auxiliary_inputs = transpose_batch_time(auxiliary_inputs)
                self._auxiliary_input_tas = unstacked(auxiliary_inputs)
            self._next_inputs_fn, self._seed = next_inputs_fn, seed
            super().__init__(inputs=inputs, sequence_length=sequence_length, time_major=time_major, name=name)

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:  # type: ignore[override]
        with name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs, state]):
            return bernoulli_sample(probs=self._sampling_probability, sample_shape=self.batch_size, seed=self._seed)

    def _with_auxiliary(self, time: Any, values: Any, rows: Any = None) -> Any:
        if self._auxiliary_input_tas is None:
            return values
        more = self._auxiliary_input_tas.read(time + 1)
        return concat([values, more if rows is None else gather_nd(more, rows)], -1)

    def next_inputs(  # type: ignore[override]
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        with name_scope(name, "ScheduledOutputTrainingHelperNextInputs", [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(time=time, outputs=outputs, state=state)
            chosen = math.cast(sample_ids, dtypes.bool)

            def mixed() -> Tensor:
                if self._next_inputs_fn is None:
                    return slicing.where(chosen, self._with_auxiliary(time, outputs), given)
                sampled, others = _rows_where(chosen), _rows_where(math.logical_not(chosen))
                made, kept = gather_nd(outputs, sampled), gather_nd(given, others)
                made = self._with_auxiliary(time, self._next_inputs_fn(made), sampled)
                return _put_together(sampled, made, others, kept, array.shape(given))

            none_chosen = math.logical_not(reduction.reduce_any(chosen))
            as_given = math.logical_or(reduction.reduce_all(finished), none_chosen)
            return finished, cond(as_given, lambda: given, mixed), state
