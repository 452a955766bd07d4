"""The neural Turing machine: https://arxiv.org/abs/1410.5401, as https://arxiv.org/abs/1807.08518 has it.

Source: https://github.com/tensorflow/docs/blob/r1.15/site/en/api_docs/python/tf/contrib/rnn.md
"""

from __future__ import annotations

import collections
import math
from typing import Any

from ....graph.operation import Tensor
from ....graph.shape import TensorShape
from ....ops.activation import bias_add, softplus
from ....ops.array import ones, ones_like, zeros
from ....ops.clip import clip_by_value
from ....ops.cond import cond
from ....ops.joining import concat, stack
from ....ops.math import equal, exp, pow, sigmoid, sqrt, square, tanh
from ....ops.matmul import matmul
from ....ops.reduction import reduce_sum
from ....ops.shaping import expand_dims, reverse, squeeze
from ....ops.softmax import softmax
from ...initializers import constant_initializer, truncated_normal_initializer
from ...layers.input_spec import InputSpec
from ...rnn.cells import LayerRNNCell, assert_like_rnncell
from .gates import cut

NTMControllerState = collections.namedtuple(
    "NTMControllerState", ("controller_state", "read_vector_list", "w_list", "M", "time")
)


class NTMCell(LayerRNNCell):
    """A `controller` cell with a memory of `memory_size` vectors of `memory_vector_dim`.

    Its heads, `read_head_num` and `write_head_num` of them, move by at most `shift_range` places a step. The output is
    a linear layer, of `output_dim` or else of the inputs' depth, of the controller's output and of what was read; that
    and the heads' parameters are kept within `clip_value`. At time 0 memory and addresses are the variables they start
    from, whatever the state holds. `TypeError` if `controller` is no cell.
    """

    def __init__(
        self, controller: Any, memory_size: int, memory_vector_dim: int, read_head_num: int, write_head_num: int,
        shift_range: int = 1, output_dim: int | None = None, clip_value: float = 20, dtype: Any = "float32",
        name: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(dtype=dtype, name=name)
        assert_like_rnncell("NTM RNNCell controller", controller)
        self.input_spec = InputSpec(ndim=2)
        self.controller, self.clip_value, self.shift_range = controller, clip_value, shift_range
        self.memory_size, self.memory_vector_dim = memory_size, memory_vector_dim
        self.read_head_num, self.write_head_num = read_head_num, write_head_num
        self.output_dim = output_dim
        self.num_heads = read_head_num + write_head_num
        # Of each head: a key, its strength, the gate, the shift, and how sharp.
        self.num_parameters_per_head = memory_vector_dim + 1 + 1 + (2 * shift_range + 1) + 1

    @property
    def state_size(self) -> NTMControllerState:
        return NTMControllerState(
            controller_state=self.controller.state_size,
            read_vector_list=[self.memory_vector_dim] * self.read_head_num,
            w_list=[self.memory_size] * self.num_heads,
            M=TensorShape([self.memory_size * self.memory_vector_dim]),
            time=TensorShape([]),
        )

    @property
    def output_size(self) -> int | None:
        return self.output_dim

    def zero_state(self, batch_size: Any, dtype: Any) -> NTMControllerState:
        width = self.memory_vector_dim
        reads = [zeros([batch_size, width], dtype) for _ in range(self.read_head_num)]
        weights = [zeros([batch_size, self.memory_size], dtype) for _ in range(self.num_heads)]
        controller_state = self.controller.zero_state(batch_size, dtype)
        memory = zeros([batch_size, self.memory_size, width], dtype)
        return NTMControllerState(controller_state, reads, weights, memory, time=0)

    def build(self, inputs_shape: Any) -> None:
        depth = self._depth(inputs_shape)
        if self.output_dim is None:
            self.output_dim = depth
        seen, width = self.controller.output_size, self.memory_vector_dim
        parameters = self.num_parameters_per_head * self.num_heads + 2 * width * self.write_head_num
        self._params_kernel, self._params_bias = self._layer("parameters", seen, parameters)
        self._output_kernel, self._output_bias = self._layer(
            "output", seen + width * self.read_head_num, self.output_dim
        )
        self._init_read_vectors = [
            self.add_variable(f"initial_read_vector_{i}", [1, width]) for i in range(self.read_head_num)
        ]
        self._init_address_weights = [
            self.add_variable(f"initial_address_weights_{i}", [1, self.memory_size]) for i in range(self.num_heads)
        ]
        self._M = self.add_variable(
            "memory", [self.memory_size, width], initializer=constant_initializer(1e-6)
        )  # fmt: skip
        self.built = True

    def _layer(self, name: str, rows: int, size: int) -> tuple[Any, Any]:
        spread = truncated_normal_initializer(stddev=1.0 / math.sqrt(rows))
        kernel = self.add_variable(f"{name}_kernel", [rows, size], initializer=spread)
        return kernel, self.add_variable(
            f"{name}_bias", [size], initializer=constant_initializer(0.0, dtype=self.dtype)
        )

    def call(self, x: Tensor, prev_state: NTMControllerState) -> tuple[Tensor, NTMControllerState]:
        time, batch = prev_state.time, x.shape.as_list()[0]
        if batch is None:
            raise ValueError("NTMCell needs inputs whose batch size is known.")

        def at_first(start: Any, then: Any) -> Any:
            return cond(equal(time, 0), start, lambda: then)

        reads = at_first(
            lambda: [_repeated(tanh(_row(v)), batch) for v in self._init_read_vectors], prev_state.read_vector_list
        )
        reads = reads if isinstance(reads, list) else [reads]
        output, controller_state = self.controller(concat([x, *reads], 1), prev_state.controller_state)
        parameters = self._clipped(bias_add(matmul(output, self._params_kernel), self._params_bias))
        of_heads = self.num_parameters_per_head * self.num_heads
        heads = cut(parameters[:, :of_heads], self.num_heads)
        changes = cut(parameters[:, of_heads:], 2 * self.write_head_num)
        weights = at_first(
            lambda: [_repeated(softmax(_row(v)), batch) for v in self._init_address_weights], prev_state.w_list
        )
        weights = weights if isinstance(weights, list) else [weights]
        memory = at_first(lambda: _repeated(self._M, batch), prev_state.M)
        w_list = [self._address(head, memory, w) for head, w in zip(heads, weights)]
        readers, writers = w_list[: self.read_head_num], w_list[self.read_head_num :]
        read_vectors = [reduce_sum(expand_dims(w, axis=2) * memory, axis=1) for w in readers]
        for i, w in enumerate(writers):
            w = expand_dims(w, axis=2)
            erase = expand_dims(sigmoid(changes[2 * i]), axis=1)
            add = expand_dims(tanh(changes[2 * i + 1]), axis=1)
            memory = memory * (ones_like(memory) - matmul(w, erase)) + matmul(w, add)
        result = self._clipped(
            bias_add(matmul(concat([output, *read_vectors], 1), self._output_kernel), self._output_bias)
        )
        return result, NTMControllerState(controller_state, read_vectors, w_list, memory, time + 1)

    def _clipped(self, x: Tensor) -> Tensor:
        return clip_by_value(x, -self.clip_value, self.clip_value)

    def _address(self, head: Tensor, memory: Tensor, before: Tensor) -> Tensor:
        """Where a head looks [batch, memory_size]: by content, by where it was, moved, and sharpened."""
        width, size, shifts = self.memory_vector_dim, self.memory_size, self.shift_range
        key = expand_dims(tanh(head[:, :width]), axis=2)
        strength, gate = softplus(head[:, width]), sigmoid(head[:, width + 1])
        shift = softmax(head[:, width + 2 : width + 2 + 2 * shifts + 1])
        sharpness = softplus(head[:, -1]) + 1
        lengths = sqrt(reduce_sum(square(memory), axis=2, keepdims=True))
        length = sqrt(reduce_sum(square(key), axis=1, keepdims=True))
        likeness = exp(expand_dims(strength, 1) * squeeze(matmul(memory, key) / (lengths * length + 1e-8)))
        by_content = likeness / reduce_sum(likeness, axis=1, keepdims=True)
        gate = expand_dims(gate, axis=1)
        here = gate * by_content + (1 - gate) * before
        rest = zeros([int(head.shape[0]), size - 2 * shifts - 1])
        around = concat([shift[:, : shifts + 1], rest, shift[:, -shifts:]], axis=1)
        twice = concat([reverse(around, axis=[1]), reverse(around, axis=[1])], axis=1)
        moves = stack([twice[:, size - i - 1 : 2 * size - i - 1] for i in range(size)], axis=1)
        sharp = pow(reduce_sum(expand_dims(here, axis=1) * moves, axis=2), expand_dims(sharpness, 1))
        return sharp / reduce_sum(sharp, axis=1, keepdims=True)


def _row(variable: Any) -> Tensor:
    return squeeze(matmul(ones([1, 1]), variable))


def _repeated(x: Any, times: int) -> Tensor:
    """`x` as each of `times` examples."""
    return concat([expand_dims(x, axis=0) for _ in range(times)], axis=0)
