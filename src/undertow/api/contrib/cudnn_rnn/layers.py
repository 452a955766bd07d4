"""Recurrent networks of several layers, one way or both, in one op.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/cudnn_rnn/CudnnLSTM
"""

from __future__ import annotations

from typing import Any

from ....graph import dtypes
from ....graph.keys import GraphKeys
from ....graph.operation import Tensor
from ....graph.scopes import get_seed
from ....graph.shape import TensorShape
from ....graph.stacks import get_default_graph
from ....ops.array import fill, zeros
from ....ops.array import shape as shape_of
from ....ops.constant import constant
from ....ops.cudnn import GATES, weight_shapes
from ....ops.node import convert_to_tensor, node
from ...get_variable import get_variable
from ...initializers import constant_initializer, glorot_uniform_initializer
from ...layers.base import Layer
from ...variable_scope import get_variable_scope
from . import saveables

_INPUT_MODES = "linear_input", "skip_input", "auto_select"


class _CudnnRNN(Layer):
    """`num_layers` of `num_units` along inputs [time, batch, depth], with `dropout` between the layers.

    `direction` is `"unidirectional"` or `"bidirectional"`. The weights are one vector, the variable `opaque_kernel`,
    which is also saved as cells like `CudnnCompatibleLSTMCell` save theirs. `ValueError` for other directions, input
    modes and dtypes, or inputs whose depth is not known. The order within the vector is Undertow's own.
    """

    _rnn_mode = ""
    _saveable_class: type[saveables.CudnnOpaqueParamsSaveable]

    def __init__(
        self, num_layers: int, num_units: int, input_mode: str = "linear_input", direction: str = "unidirectional",
        dropout: float = 0.0, seed: int | None = None, dtype: Any = "float32", kernel_initializer: Any = None,
        bias_initializer: Any = None, name: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(dtype=dtype, name=name)
        if direction not in ("unidirectional", "bidirectional"):
            raise ValueError(f"Invalid direction: {direction}, expecting unidirectional or bidirectional")
        if input_mode not in _INPUT_MODES:
            raise ValueError(f"Invalid input_mode: {input_mode}, expect one of ({', '.join(_INPUT_MODES)})")
        if dtypes.as_dtype(dtype).name not in ("float16", "float32", "float64"):
            raise ValueError(f"Only support float16, float32, float64, provided {dtype}")
        self._num_layers, self._num_units, self._input_mode = num_layers, num_units, input_mode
        self._direction, self._dropout, self._seed = direction, dropout, seed
        self._kernel_initializer = kernel_initializer or glorot_uniform_initializer(seed=seed, dtype=self.dtype)
        self._bias_initializer = bias_initializer or constant_initializer(0.0, dtype=self.dtype)
        self._input_size: int | None = None
        self._saveable: saveables.CudnnOpaqueParamsSaveable | None = None

    @property
    def num_layers(self) -> int:
        return self._num_layers

    @property
    def num_units(self) -> int:
        return self._num_units

    @property
    def input_mode(self) -> str:
        """How the inputs get to the first layer."""
        return self._input_mode

    @property
    def input_size(self) -> int:
        """The depth of the inputs; `ValueError` before they are known."""
        if not self._input_size:
            raise ValueError("'input_size' is unknown since layer has not been built.")
        return self._input_size

    @property
    def rnn_mode(self) -> str:
        """`lstm`, `gru`, `rnn_tanh` or `rnn_relu`."""
        return self._rnn_mode

    @property
    def direction(self) -> str:
        return self._direction

    @property
    def num_dirs(self) -> int:
        """How many directions there are."""
        return 2 if self._direction == "bidirectional" else 1

    @property
    def saveable(self) -> saveables.CudnnOpaqueParamsSaveable | None:
        """What saves the weights as cells' variables."""
        return self._saveable

    @property
    def canonical_weight_shapes(self) -> list[tuple[int, int]]:
        """The shapes of the matrices that the vector is made of."""
        sizes = self._num_layers, self._num_units, self.input_size
        return weight_shapes(self._rnn_mode, *sizes, self._direction)

    @property
    def canonical_bias_shapes(self) -> list[list[int]]:
        """The shapes of the biases that the vector is made of."""
        return [[self._num_units]] * (2 * GATES[self._rnn_mode] * self._num_layers * self.num_dirs)

    def state_shape(self, batch_size: Any) -> tuple[list[Any], ...]:
        """The shapes of the parts of a state."""
        shape = [self._num_layers * self.num_dirs, batch_size, self._num_units]
        return (shape, shape) if self._rnn_mode == "lstm" else (shape,)

    def build(self, input_shape: Any) -> None:
        shape = TensorShape(input_shape)
        if shape.ndims != 3:
            raise ValueError(f"Expecting input_shape with 3 dims, got {shape.ndims}")
        depth = shape.as_list()[2]
        if depth is None:
            raise ValueError("The last dimension of the inputs to `CudnnRNN` should be defined. Found `None`.")
        self._input_size = depth
        reuses = get_variable_scope().reuse is True
        self._set_scope()
        with self._scopes():
            start = None if reuses else self._start()
            self.kernel = self._kept(
                get_variable("opaque_kernel", dtype=self.dtype, initializer=start, validate_shape=False), True
            )
        if not (self.built or reuses):
            self._saveable = self._saveable_class(
                self.kernel, self._num_layers, self._num_units, depth, self._input_mode, self._direction,
                name=f"{self.kernel.op.name}_saveable",
            )  # fmt: skip
            get_default_graph().add_to_collection(GraphKeys.SAVEABLE_OBJECTS, self._saveable)
        self.built = True

    def _start(self) -> Tensor:
        """What the vector starts as: each of its parts by its initializer."""
        weights = [self._kernel_initializer(shape, dtype=self.dtype) for shape in self.canonical_weight_shapes]
        biases = [self._bias_initializer(shape, dtype=self.dtype) for shape in self.canonical_bias_shapes]
        return node(
            "CudnnRNNCanonicalToParams", self._num_layers, self._num_units, self._input_size, weights, biases,
            rnn_mode=self._rnn_mode, input_mode=self._input_mode, direction=self._direction,
        )  # fmt: skip

    def call(
        self, inputs: Any, initial_state: Any = None, sequence_lengths: Any = None, time_major: bool = True,
        training: bool = True,
    ) -> tuple[Tensor, tuple[Tensor, ...]]:  # fmt: skip
        """The outputs [time, batch, directions * units], and the last state of each layer and direction.

        If not `time_major`, inputs, outputs and states have the batch first. The state is a tuple of one tensor, of an
        LSTM of two; `TypeError` if it is no tuple. Dropout is for `training`.
        """
        if initial_state is not None and not isinstance(initial_state, tuple):
            raise TypeError(f"Invalid initial_state type: {initial_state}, expecting tuple.")
        inputs = convert_to_tensor(inputs, dtype=self.dtype)
        lstm = self._rnn_mode == "lstm"
        if initial_state is None:
            parts, batch, units = self.state_shape(shape_of(inputs)[1 if time_major else 0])[0]
            shape = [parts, batch, units] if time_major else [batch, parts, units]
            initial_state = tuple(zeros(shape, dtype=self.dtype) for _ in range(2 if lstm else 1))
        h, c = initial_state if lstm else (initial_state[0], constant([], dtype=self.dtype))
        seed, seed2 = get_seed(self._seed)
        options: dict[str, Any] = {
            "rnn_mode": self._rnn_mode, "input_mode": self._input_mode, "direction": self._direction,
            "dropout": self._dropout, "seed": seed or 0, "seed2": seed2 or 0, "is_training": training,
        }  # fmt: skip
        if sequence_lengths is None and time_major:
            found = node("CudnnRNN", inputs, h, c, self.kernel, **options)
        else:
            if sequence_lengths is None:
                sizes = shape_of(inputs)
                sequence_lengths = fill([sizes[0]], sizes[1])
            found = node("CudnnRNNV3", inputs, h, c, self.kernel, sequence_lengths, time_major=time_major, **options)
        return found.output, (found.output_h, found.output_c) if lstm else (found.output_h,)


class CudnnLSTM(_CudnnRNN):
    __doc__ = f"An LSTM: {_CudnnRNN.__doc__}"
    _rnn_mode, _saveable_class = "lstm", saveables.CudnnLSTMSaveable


class CudnnGRU(_CudnnRNN):
    __doc__ = f"A GRU: {_CudnnRNN.__doc__}"
    _rnn_mode, _saveable_class = "gru", saveables.CudnnGRUSaveable


class CudnnRNNTanh(_CudnnRNN):
    __doc__ = f"A plain network with tanh: {_CudnnRNN.__doc__}"
    _rnn_mode, _saveable_class = "rnn_tanh", saveables.CudnnRNNTanhSaveable


class CudnnRNNRelu(_CudnnRNN):
    __doc__ = f"A plain network with relu: {_CudnnRNN.__doc__}"
    _rnn_mode, _saveable_class = "rnn_relu", saveables.CudnnRNNReluSaveable
