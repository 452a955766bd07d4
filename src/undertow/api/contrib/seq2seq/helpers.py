"""What a decoder is fed with, step by step, and what is sampled of its outputs.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/Helper
"""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import Any

from ....graph import dtypes, nest
from ....graph.operation import Tensor
from ....graph.scopes import name_scope
from ....graph.shape import TensorShape
from ....ops import array, math, random, reduction, shaping
from ....ops.cond import cond
from ....ops.embedding import embedding_lookup
from ....ops.joining import concat
from ....ops.node import convert_to_tensor
from ....ops.tensor_array import TensorArray
from ...rnn.dynamic import transpose_batch_time


class Helper(abc.ABC):
    """How a `BasicDecoder` samples and what it reads next."""

    @property
    @abc.abstractmethod
    def batch_size(self) -> Any:
        """How many sequences there are: a scalar int32 tensor."""

    @property
    @abc.abstractmethod
    def sample_ids_shape(self) -> Any:
        """The shape of what is sampled, without the batch."""

    @property
    @abc.abstractmethod
    def sample_ids_dtype(self) -> Any:
        """The dtype of what is sampled."""

    @abc.abstractmethod
    def initialize(self, name: str | None = None) -> Any:
        """`(finished, first inputs)`."""

    @abc.abstractmethod
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """What is sampled from the outputs of a step."""

    @abc.abstractmethod
    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        """`(finished, next inputs, next state)`."""


class _IdHelper(Helper):
    """What is sampled is the number of a class."""

    @property
    def sample_ids_shape(self) -> TensorShape:
        return TensorShape([])

    @property
    def sample_ids_dtype(self) -> Any:
        return dtypes.int32


class CustomHelper(Helper):
    """`initialize_fn()`, `sample_fn(time, outputs, state)` and `next_inputs_fn(time, outputs, state, sample_ids)`.

    They give what the methods of a `Helper` give. What is sampled is of `sample_ids_shape` (a scalar) and
    `sample_ids_dtype` (int32).
    """

    def __init__(
        self, initialize_fn: Callable[..., Any], sample_fn: Callable[..., Any], next_inputs_fn: Callable[..., Any],
        sample_ids_shape: Any = None, sample_ids_dtype: Any = None,
    ) -> None:  # fmt: skip
        self._initialize_fn, self._sample_fn, self._next_inputs_fn = initialize_fn, sample_fn, next_inputs_fn
        self._batch_size: Any = None
        self._sample_ids_shape = TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or dtypes.int32

    @property
    def batch_size(self) -> Any:
        if self._batch_size is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch_size

    @property
    def sample_ids_shape(self) -> TensorShape:
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self) -> Any:
        return self._sample_ids_dtype

    def initialize(self, name: str | None = None) -> Any:
        with name_scope(name, "CustomHelperInitialize"):
            finished, inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = array.size(finished)
        return finished, inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        with name_scope(name, "CustomHelperSample", (time, outputs, state)):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        with name_scope(name, "CustomHelperNextInputs", (time, outputs, state)):
            return self._next_inputs_fn(time=time, outputs=outputs, state=state, sample_ids=sample_ids)


def unstacked(tensor: Tensor) -> TensorArray:
    """The rows of a tensor as a TensorArray."""
    rows = TensorArray(tensor.dtype, size=array.shape(tensor)[0], element_shape=tensor.shape[1:])
    return rows.unstack(tensor)


class TrainingHelper(_IdHelper):
    """Reads `inputs` [batch, time, …], or [time, batch, …] if `time_major`, up to `sequence_length` (int32 [batch]).

    What is sampled is where the output is greatest. `ValueError` if the lengths are no vector.
    """

    def __init__(self, inputs: Any, sequence_length: Any, time_major: bool = False, name: str | None = None) -> None:
        with name_scope(name, "TrainingHelper", [inputs, sequence_length]):
            inputs = convert_to_tensor(inputs, name="inputs")
            self._inputs = inputs
            if not time_major:
                inputs = nest.map_structure(transpose_batch_time, inputs)
            self._input_tas = nest.map_structure(unstacked, inputs)
            self._sequence_length = convert_to_tensor(sequence_length, name="sequence_length")
            if self._sequence_length.shape.ndims != 1:
                raise ValueError(
                    f"Expected sequence_length to be a vector, but received shape: {self._sequence_length.shape}"
                )
            self._zero_inputs = nest.map_structure(lambda t: array.zeros_like(t[0, :]), inputs)
            self._start_inputs = self._zero_inputs
            self._batch_size = array.size(sequence_length)

    @property
    def inputs(self) -> Tensor:
        return self._inputs

    @property
    def sequence_length(self) -> Tensor:
        return self._sequence_length

    @property
    def batch_size(self) -> Any:
        return self._batch_size

    def _read(self, at: Any, finished: Tensor) -> Any:
        """The inputs at a time, or zeros once all have finished."""
        return cond(
            reduction.reduce_all(finished),
            lambda: self._zero_inputs,
            lambda: nest.map_structure(lambda rows: rows.read(at), self._input_tas),
        )

    def initialize(self, name: str | None = None) -> Any:
        with name_scope(name, "TrainingHelperInitialize"):
            finished = math.equal(0, self._sequence_length)
            return finished, self._read(0, finished)

    def sample(self, time: Any, outputs: Any, name: str | None = None, **unused: Any) -> Any:  # type: ignore[override]
        with name_scope(name, "TrainingHelperSample", [time, outputs]):
            return math.cast(reduction.argmax(outputs, axis=-1), dtypes.int32)

    def next_inputs(  # type: ignore[override]
        self, time: Any, outputs: Any, state: Any, name: str | None = None, **unused: Any
    ) -> Any:
        with name_scope(name, "TrainingHelperNextInputs", [time, outputs, state]):
            later = time + 1
            finished = later >= self._sequence_length
            return finished, self._read(later, finished), state


def embedding_function(embedding: Any) -> Callable[[Any], Any]:
    """`embedding` if it can be called with ids, else the look-up in it."""
    return embedding if callable(embedding) else lambda ids: embedding_lookup(embedding, ids)


class GreedyEmbeddingHelper(_IdHelper):
    """Starts with `start_tokens` (int32 [batch]), and feeds the likeliest class back until it is `end_token`.

    `embedding` is called with ids, or is what they are looked up in. `ValueError` if the tokens are of other shapes.
    """

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any) -> None:
        self._embedding_fn = embedding_function(embedding)
        self._start_tokens = convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
        self._end_token = convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._batch_size = array.size(start_tokens)
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._start_inputs = self._embedding_fn(self._start_tokens)

    @property
    def batch_size(self) -> Any:
        return self._batch_size

    def initialize(self, name: str | None = None) -> Any:
        return shaping.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        return reduction.argmax(_one_tensor(outputs), axis=-1, output_type=dtypes.int32)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        finished = math.equal(sample_ids, self._end_token)
        inputs = cond(
            reduction.reduce_all(finished), lambda: self._start_inputs, lambda: self._embedding_fn(sample_ids)
        )
        return finished, inputs, state


def _one_tensor(outputs: Any) -> Tensor:
    if not isinstance(outputs, Tensor):
        raise TypeError(f"Expected outputs to be a single Tensor, got: {type(outputs)}")
    return outputs


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """As `GreedyEmbeddingHelper`, but the class is drawn by its probability, the logits over `softmax_temperature`."""

    def __init__(
        self, embedding: Any, start_tokens: Any, end_token: Any, softmax_temperature: Any = None,
        seed: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature, self._seed = softmax_temperature, seed

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        logits = _one_tensor(outputs)
        if self._softmax_temperature is not None:
            logits = logits / self._softmax_temperature
        return categorical_sample(logits=logits, seed=self._seed)


class InferenceHelper(Helper):
    """Starts with `start_inputs`, feeds `next_inputs_fn(sample_fn(outputs))` back until `end_fn(sample_ids)`.

    What `sample_fn` gives is of `sample_shape` (without the batch) and `sample_dtype`, and is the next input itself
    if there is no `next_inputs_fn`.
    """

    def __init__(
        self, sample_fn: Callable[[Any], Any], sample_shape: Any, sample_dtype: Any, start_inputs: Any,
        end_fn: Callable[[Any], Any], next_inputs_fn: Callable[[Any], Any] | None = None,
    ) -> None:  # fmt: skip
        self._sample_fn, self._end_fn, self._next_inputs_fn = sample_fn, end_fn, next_inputs_fn
        self._sample_shape, self._sample_dtype = TensorShape(sample_shape), sample_dtype
        self._start_inputs = convert_to_tensor(start_inputs, name="start_inputs")
        self._batch_size = array.shape(start_inputs)[0]

    @property
    def batch_size(self) -> Any:
        return self._batch_size

    @property
    def sample_ids_shape(self) -> TensorShape:
        return self._sample_shape

    @property
    def sample_ids_dtype(self) -> Any:
        return self._sample_dtype

    def initialize(self, name: str | None = None) -> Any:
        return shaping.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        return self._sample_fn(outputs)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        inputs = sample_ids if self._next_inputs_fn is None else self._next_inputs_fn(sample_ids)
        return self._end_fn(sample_ids), inputs, state


# Drawing


def _drawn(draw: Callable[[Tensor], Tensor], sample_shape: Any) -> Tensor:
    """What `draw(n)` gives, [n, …], with `sample_shape` in place of n."""
    with name_scope(None, "call_sampler"):
        shape = convert_to_tensor(sample_shape, dtype=dtypes.int32, name="sample_shape")
        # A scalar is the shape of a vector: one more dimension is put before those it has, which are none.
        before = math.cast(math.equal(array.rank(shape), 0), dtypes.int32)
        wide = shaping.pad(array.shape(shape), paddings=[[before, 0]], constant_values=1)
        shape = shaping.reshape(shape, wide)
        samples = draw(reduction.reduce_prod(shape))
        return shaping.reshape(samples, concat([shape, array.shape(samples)[1:]], 0))


def bernoulli_sample(
    probs: Any = None, logits: Any = None, dtype: Any = dtypes.int32, sample_shape: Any = (), seed: int | None = None
) -> Tensor:
    """Ones by a probability, told by itself or by its logits, else zeros. `ValueError` for both or neither."""
    if (probs is None) == (logits is None):
        raise ValueError("Must pass either `probs` or `logits`, but not both.")
    chance = convert_to_tensor(math.sigmoid(logits) if probs is None else probs, name="probs")
    batch = array.shape(chance)

    def draw(n: Tensor) -> Tensor:
        uniform = random.random_uniform(concat([[n], batch], 0), seed=seed, dtype=chance.dtype)
        return math.cast(math.less(uniform, chance), dtype)

    return _drawn(draw, sample_shape)


def categorical_sample(
    logits: Any, dtype: Any = dtypes.int32, sample_shape: Any = (), seed: int | None = None
) -> Tensor:
    """Classes drawn by their unnormalized log-probabilities, along the last axis of `logits`."""
    logits = convert_to_tensor(logits, name="logits")
    classes = array.shape(logits)[-1]
    batch = array.shape(logits)[:-1]

    def draw(n: Tensor) -> Tensor:
        flat = logits if logits.shape.ndims == 2 else shaping.reshape(logits, [-1, classes])
        drawn = random.multinomial(flat, n, seed=seed, output_dtype=dtypes.as_dtype(dtype))
        return shaping.reshape(shaping.transpose(drawn), concat([[n], batch], 0))

    return _drawn(draw, sample_shape)
