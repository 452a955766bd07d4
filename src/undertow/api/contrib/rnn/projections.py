"""Cells with a layer before or behind them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/EmbeddingWrapper
"""

from __future__ import annotations

import math
from typing import Any

from ....graph import nest
from ....graph.operation import Tensor
from ....graph.scopes import device
from ....ops.activation import bias_add
from ....ops.embedding import embedding_lookup
from ....ops.math import sigmoid
from ....ops.matmul import matmul
from ....ops.shaping import reshape
from ... import logging
from ...get_variable import get_variable
from ...initializers import constant_initializer, random_uniform_initializer
from ...rnn.cells import RNNCell, assert_like_rnncell
from ...rnn.wrappers import RNNCellWrapper
from ...variable_scope import get_variable_scope
from .linear import linear


class _Around(RNNCell):
    def __init__(self, cell: Any, reuse: Any) -> None:
        super().__init__(_reuse=reuse)
        assert_like_rnncell("cell", cell)
        self._cell = cell

    @property
    def state_size(self) -> Any:
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        return self._cell.zero_state(batch_size, dtype)


class EmbeddingWrapper(_Around):
    """`cell` fed with the embeddings, of `embedding_size`, of int inputs [batch, 1] below `embedding_classes`.

    `TypeError` if `cell` is none, `ValueError` for sizes below 1.
    """

    def __init__(
        self, cell: Any, embedding_classes: int, embedding_size: int, initializer: Any = None, reuse: Any = None
    ) -> None:
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                f"Both embedding_classes and embedding_size must be > 0: {embedding_classes}, {embedding_size}."
            )
        self._classes, self._size, self._initializer = embedding_classes, embedding_size, initializer

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        bound = math.sqrt(3)  # a variance of 1
        initializer = self._initializer or get_variable_scope().initializer or random_uniform_initializer(-bound, bound)
        dtype = (state[0] if isinstance(state, tuple) else state).dtype
        with device("/cpu:0"):
            table = get_variable("embedding", [self._classes, self._size], initializer=initializer, dtype=dtype)
            embedded = embedding_lookup(table, reshape(inputs, [-1]))
        return self._cell(embedded, state)


class InputProjectionWrapper(_Around):
    """`cell` fed with a linear layer of its inputs of size `num_proj`, and `activation` of that."""

    def __init__(
        self, cell: Any, num_proj: int, activation: Any = None, input_size: Any = None, reuse: Any = None
    ) -> None:
        super().__init__(cell, reuse)
        if input_size is not None:
            logging.warning("%s: The input_size parameter is deprecated.", self)
        self._num_proj, self._activation = num_proj, activation

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        projected = linear(inputs, self._num_proj)
        return self._cell(projected if self._activation is None else self._activation(projected), state)


class OutputProjectionWrapper(_Around):
    """`cell` with a linear layer of its output of size `output_size`, and `activation` of that."""

    def __init__(self, cell: Any, output_size: int, activation: Any = None, reuse: Any = None) -> None:
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size, self._activation = output_size, activation

    @property
    def output_size(self) -> int:
        return self._output_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        output, state = self._cell(inputs, state)
        projected = linear(output, self._output_size)
        return projected if self._activation is None else self._activation(projected), state


class HighwayWrapper(RNNCellWrapper):
    """`cell` with a gated way past it: `inputs * carry + output * transform`, https://arxiv.org/abs/1505.00387.

    `transform` is `1 - carry` if the gates are coupled, else a gate of its own.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/HighwayWrapper
    """

    def __init__(self, cell: Any, couple_carry_transform_gates: bool = True, carry_bias_init: float = 1.0) -> None:
        super().__init__(cell)
        self._coupled, self._carry_bias_init = couple_carry_transform_gates, carry_bias_init

    def _wrapped(self, inputs: Any, state: Any, scope: dict[str, Any]) -> tuple[Any, Any]:
        outputs, state = self._cell(inputs, state, **scope)
        nest.assert_same_structure(inputs, outputs)
        return nest.map_structure(self._mixed, inputs, outputs), state

    def _mixed(self, x: Tensor, y: Tensor) -> Tensor:
        x.shape.assert_is_compatible_with(y.shape)
        size = int(x.shape[1])

        def gate(name: str, start: float) -> Tensor:
            weights = get_variable(f"{name}_w", [size, size])
            bias = get_variable(f"{name}_b", [size], initializer=constant_initializer(start))
            return sigmoid(bias_add(matmul(x, weights), bias))

        carry = gate("carry", self._carry_bias_init)
        transform = 1 - carry if self._coupled else gate("transform", -self._carry_bias_init)
        return x * carry + y * transform


class CompiledWrapper(RNNCellWrapper):
    """`cell`. TensorFlow compiled it with XLA; here a plan is all there is, so that the values are the same.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/CompiledWrapper
    """

    def __init__(self, cell: Any, compile_stateful: bool = False) -> None:
        super().__init__(cell)
