"""Long short-term memory: https://www.bioinf.jku.at/publications/older/2604.pdf

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/LSTMCell
"""

from __future__ import annotations

import collections
from typing import Any

from ...graph.operation import Tensor
from ...ops import math
from ...ops.activation import bias_add
from ...ops.clip import clip_by_value
from ...ops.constant import constant
from ...ops.joining import concat, split
from ...ops.matmul import matmul
from ...ops.slicing import slice as slice_of
from ..initializers import zeros_initializer
from ..layers.input_spec import InputSpec
from ..partitioned_variables import fixed_size_partitioner
from .cells import LayerRNNCell, activation_of, initializer_of


class LSTMStateTuple(collections.namedtuple("LSTMStateTuple", ("c", "h"))):
    """The state of an LSTM: what the cell holds `c` and its last output `h`."""

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The dtype of both; `TypeError` if they differ."""
        if self.c.dtype != self.h.dtype:
            raise TypeError(f"Inconsistent internal state: {self.c.dtype} vs {self.h.dtype}")
        return self.c.dtype


class BasicLSTMCell(LayerRNNCell):
    """An LSTM of `num_units`, without peepholes, clipping or projection.

    `forget_bias` is added to the forget gate's bias. The state is an `LSTMStateTuple`, or one tensor
    [batch, 2 * num_units] if not `state_is_tuple`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/BasicLSTMCell
    """

    _config = "num_units", "forget_bias", "state_is_tuple", "activation", "reuse"

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, state_is_tuple: bool = True, activation: Any = None,
        reuse: Any = None, name: Any = None, dtype: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units, self._forget_bias, self._state_is_tuple = num_units, forget_bias, state_is_tuple
        self._activation = activation_of(activation)

    @property
    def state_size(self) -> Any:
        n = self._num_units
        return LSTMStateTuple(n, n) if self._state_is_tuple else 2 * n

    @property
    def output_size(self) -> int:
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        n = self._num_units
        self._kernel = self.add_variable("kernel", shape=[self._depth(inputs_shape) + n, 4 * n])
        self._bias = self.add_variable("bias", shape=[4 * n], initializer=zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        one = constant(1, dtype="int32")
        c, h = state if self._state_is_tuple else split(value=state, num_or_size_splits=2, axis=one)
        gates = bias_add(matmul(concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = split(value=gates, num_or_size_splits=4, axis=one)
        forget_bias = constant(self._forget_bias, dtype=f.dtype)
        kept = math.multiply(c, math.sigmoid(math.add(f, forget_bias)))
        c = math.add(kept, math.multiply(math.sigmoid(i), self._activation(j)))
        h = math.multiply(self._activation(c), math.sigmoid(o))
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else concat([c, h], 1)


class LSTMCell(LayerRNNCell):
    """An LSTM of `num_units` with, if asked for, peepholes, clipping and a projection of its output.

    `use_peepholes` lets the gates see the cell's state, which is kept within `cell_clip`. `num_proj` is the size of
    the output after a linear layer, kept within `proj_clip`. `num_unit_shards` and `num_proj_shards` cut the kernels.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/LSTMCell
    """

    _config = (
        "num_units", "use_peepholes", "cell_clip", "initializer", "num_proj", "proj_clip", "num_unit_shards",
        "num_proj_shards", "forget_bias", "state_is_tuple", "activation", "reuse",
    )  # fmt: skip

    def __init__(
        self, num_units: int, use_peepholes: bool = False, cell_clip: float | None = None, initializer: Any = None,
        num_proj: int | None = None, proj_clip: float | None = None, num_unit_shards: int | None = None,
        num_proj_shards: int | None = None, forget_bias: float = 1.0, state_is_tuple: bool = True,
        activation: Any = None, reuse: Any = None, name: Any = None, dtype: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units, self._forget_bias, self._state_is_tuple = num_units, forget_bias, state_is_tuple
        self._use_peepholes, self._cell_clip, self._initializer = use_peepholes, cell_clip, initializer_of(initializer)
        self._num_proj, self._proj_clip = num_proj, proj_clip
        self._num_unit_shards, self._num_proj_shards = num_unit_shards, num_proj_shards
        self._activation = activation_of(activation)

    @property
    def state_size(self) -> Any:
        sizes = self._num_units, self.output_size
        return LSTMStateTuple(*sizes) if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        return self._num_proj or self._num_units

    def build(self, inputs_shape: Any) -> None:
        n = self._num_units
        rows = self._depth(inputs_shape) + self.output_size

        def weights(name: str, shape: list[int], shards: int | None = None) -> Any:
            partitioner = fixed_size_partitioner(shards) if shards is not None else None
            return self.add_variable(name, shape=shape, initializer=self._initializer, partitioner=partitioner)

        self._kernel = weights("kernel", [rows, 4 * n], self._num_unit_shards)
        self._bias = self.add_variable("bias", shape=[4 * n], initializer=zeros_initializer(dtype=self.dtype))
        if self._use_peepholes:
            self._w_f_diag, self._w_i_diag, self._w_o_diag = (weights(f"w_{g}_diag", [n]) for g in "fio")
        if self._num_proj is not None:
            self._proj_kernel = weights("projection/kernel", [n, self._num_proj], self._num_proj_shards)
        self.built = True

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        if self._state_is_tuple:
            c, m = state
        else:
            c = slice_of(state, [0, 0], [-1, self._num_units])
            m = slice_of(state, [0, self._num_units], [-1, self.output_size])
        if inputs.shape.with_rank(2).as_list()[1] is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        gates = bias_add(matmul(concat([inputs, m], 1), self._kernel), self._bias)
        i, j, f, o = split(value=gates, num_or_size_splits=4, axis=1)
        sigmoid, activation = math.sigmoid, self._activation
        if self._use_peepholes:
            kept = sigmoid(f + self._forget_bias + self._w_f_diag * c) * c
            c = kept + sigmoid(i + self._w_i_diag * c) * activation(j)
        else:
            c = sigmoid(f + self._forget_bias) * c + sigmoid(i) * activation(j)
        if self._cell_clip is not None:
            c = clip_by_value(c, -self._cell_clip, self._cell_clip)
        m = (sigmoid(o + self._w_o_diag * c) if self._use_peepholes else sigmoid(o)) * activation(c)
        if self._num_proj is not None:
            m = matmul(m, self._proj_kernel)
            if self._proj_clip is not None:
                m = clip_by_value(m, -self._proj_clip, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else concat([c, m], 1)
