"""Between the one vector of a cuDNN network and the kernels and biases of TensorFlow's cells.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/cudnn_rnn/CudnnParamsFormatConverterLSTM
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....graph.errors import UnimplementedError
from ....graph.operation import Tensor
from ....ops.cudnn import GATES, weight_shapes
from ....ops.joining import concat, split
from ....ops.node import node
from ....ops.shaping import reshape, transpose


class CudnnParamsFormatConverter:
    """The two ways, for a network of `num_layers` of `num_units` over inputs of `input_size`.

    A layer's weights are, by gate, those of its inputs and those of its state; a subclass makes one cell's kernels and
    biases of them, and back. `UnimplementedError` for a `num_proj` or `input_mode="skip_input"`.
    """

    _rnn_mode = ""
    _weights, _biases = 1, 1  # how many kernels and biases a cell has

    def __init__(
        self, num_layers: int, num_units: int, input_size: int, num_proj: int | None = None,
        input_mode: str = "linear_input", direction: str = "unidirectional",
    ) -> None:  # fmt: skip
        if num_proj:
            raise UnimplementedError(None, None, "num_proj of cuDNN's networks is not built in Undertow.")
        if input_mode == "skip_input":
            raise UnimplementedError(None, None, "input_mode='skip_input' is not built in Undertow.")
        self._num_layers, self._num_units, self._input_size = num_layers, num_units, input_size
        self._attrs = {"rnn_mode": self._rnn_mode, "input_mode": input_mode, "direction": direction}
        self._sizes = (num_layers, num_units, input_size)
        self._shapes = weight_shapes(self._rnn_mode, num_layers, num_units, input_size, direction)
        self._cells = num_layers * (2 if direction == "bidirectional" else 1)

    def opaque_to_tf_canonical(self, opaque_param: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """The kernels of all cells, layer by layer and forward before backward, and their biases."""
        found = node(
            "CudnnRNNParamsToCanonical", *self._sizes, opaque_param, num_params=len(self._shapes), **self._attrs
        )
        weights, biases = found
        kernels: list[Tensor] = []
        tf_biases: list[Tensor] = []
        gates = GATES[self._rnn_mode]
        for start in range(0, len(self._shapes), 2 * gates):
            middle, end = start + gates, start + 2 * gates
            kernels += self._kernels_of(weights[start:middle], weights[middle:end])
            tf_biases += self._biases_of(biases[start:middle], biases[middle:end])
        return kernels, tf_biases

    def tf_canonical_to_opaque(self, tf_canonicals: Sequence[Tensor], weights_proj: Any = None) -> Tensor:
        """The vector of all cells' kernels and biases, in the order in which `opaque_to_tf_canonical` gives them."""
        middle = self._weights * self._cells
        weights: list[Tensor] = []
        biases: list[Tensor] = []
        for i in range(self._cells):
            kernels = tf_canonicals[i * self._weights : (i + 1) * self._weights]
            of_cell = tf_canonicals[middle + i * self._biases : middle + (i + 1) * self._biases]
            depth = self._shapes[2 * GATES[self._rnn_mode] * i][1]
            weights += [reshape(part, [-1]) for side in self._matrices_of(kernels, depth) for part in side]
            biases += [part for side in self._vectors_of(of_cell) for part in side]
        return node("CudnnRNNCanonicalToParams", *self._sizes, weights, biases, **self._attrs)

    def _kernels_of(self, of_inputs: Sequence[Tensor], of_state: Sequence[Tensor]) -> list[Tensor]:
        raise NotImplementedError

    def _biases_of(self, of_inputs: Sequence[Tensor], of_state: Sequence[Tensor]) -> list[Tensor]:
        raise NotImplementedError

    def _matrices_of(self, kernels: Sequence[Tensor], depth: int) -> tuple[list[Tensor], list[Tensor]]:
        """What `_kernels_of` was made of."""
        raise NotImplementedError

    def _vectors_of(self, biases: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """What `_biases_of` was made of: half of a sum each."""
        raise NotImplementedError

    def _stitched(self, of_inputs: Sequence[Tensor], of_state: Sequence[Tensor]) -> Tensor:
        """One kernel [depth + units, gates * units]."""
        rows = [concat([w, r], 1) for w, r in zip(of_inputs, of_state)]
        return transpose(rows[0] if len(rows) == 1 else concat(rows, 0), [1, 0])

    def _cut(self, kernel: Tensor, depth: int, gates: int) -> tuple[list[Tensor], list[Tensor]]:
        rows = split(transpose(kernel, [1, 0]), gates, axis=0)
        sides = [split(row, [depth, self._num_units], axis=1) for row in rows]
        return [w for w, _ in sides], [r for _, r in sides]


class CudnnParamsFormatConverterLSTM(CudnnParamsFormatConverter):
    """To the kernel and the bias of an LSTM, whose gates are in another order: i, c, f, o."""

    _rnn_mode = "lstm"

    def _kernels_of(self, of_inputs: Sequence[Tensor], of_state: Sequence[Tensor]) -> list[Tensor]:
        return [self._stitched(_turned(of_inputs), _turned(of_state))]

    def _biases_of(self, of_inputs: Sequence[Tensor], of_state: Sequence[Tensor]) -> list[Tensor]:
        return [concat(_turned([w + r for w, r in zip(of_inputs, of_state)]), 0)]

    def _matrices_of(self, kernels: Sequence[Tensor], depth: int) -> tuple[list[Tensor], list[Tensor]]:
        of_inputs, of_state = self._cut(kernels[0], depth, 4)
        return _turned(of_inputs), _turned(of_state)

    def _vectors_of(self, biases: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        halves = _turned([0.5 * gate for gate in split(biases[0], 4, axis=0)])
        return halves, halves


def _turned(gates: Sequence[Tensor]) -> list[Tensor]:
    """i, f, c, o as i, c, f, o, or back."""
    first, second, third, fourth = gates
    return [first, third, second, fourth]


class CudnnParamsFormatConverterGRU(CudnnParamsFormatConverter):
    """To the kernels and biases of `CudnnCompatibleGRUCell`: of its gates, and of its candidate's two sides."""

    _rnn_mode = "gru"
    _weights, _biases = 3, 3

    def _kernels_of(self, of_inputs: Sequence[Tensor], of_state: Sequence[Tensor]) -> list[Tensor]:
        candidate = [transpose(side[2], [1, 0]) for side in (of_inputs, of_state)]
        return [self._stitched(of_inputs[:2], of_state[:2]), *candidate]

    def _biases_of(self, of_inputs: Sequence[Tensor], of_state: Sequence[Tensor]) -> list[Tensor]:
        return [concat(list(of_inputs[:2]), 0) + concat(list(of_state[:2]), 0), of_inputs[2], of_state[2]]

    def _matrices_of(self, kernels: Sequence[Tensor], depth: int) -> tuple[list[Tensor], list[Tensor]]:
        of_inputs, of_state = self._cut(kernels[0], depth, 2)
        return [*of_inputs, transpose(kernels[1], [1, 0])], [*of_state, transpose(kernels[2], [1, 0])]

    def _vectors_of(self, biases: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        halves = list(split(0.5 * biases[0], 2, axis=0))
        return [*halves, biases[1]], [*halves, biases[2]]


class _Basic(CudnnParamsFormatConverter):
    def _kernels_of(self, of_inputs: Sequence[Tensor], of_state: Sequence[Tensor]) -> list[Tensor]:
        return [self._stitched(of_inputs, of_state)]

    def _biases_of(self, of_inputs: Sequence[Tensor], of_state: Sequence[Tensor]) -> list[Tensor]:
        return [of_inputs[0] + of_state[0]]

    def _matrices_of(self, kernels: Sequence[Tensor], depth: int) -> tuple[list[Tensor], list[Tensor]]:
        return self._cut(kernels[0], depth, 1)

    def _vectors_of(self, biases: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        half = 0.5 * biases[0]
        return [half], [half]


class CudnnParamsFormatConverterTanh(_Basic):
    """To the kernel and the bias of `tf.nn.rnn_cell.BasicRNNCell`."""

    _rnn_mode = "rnn_tanh"


class CudnnParamsFormatConverterRelu(_Basic):
    """To the kernel and the bias of `tf.nn.rnn_cell.BasicRNNCell` with `tf.nn.relu`."""

    _rnn_mode = "rnn_relu"
