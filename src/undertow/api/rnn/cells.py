"""Cells: the base class, and those whose state is one tensor.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell
"""

from __future__ import annotations

import inspect
from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.scopes import name_scope
from ...ops import activation as activations
from ...ops import math
from ...ops.array import shape as shape_of
from ...ops.constant_value import constant_value
from ...ops.joining import concat, split
from ...ops.matmul import matmul
from ...ops.node import convert_to_tensor
from .. import initializers
from ..initializers import constant_initializer, zeros_initializer
from ..layers.base import Layer
from ..layers.input_spec import InputSpec
from ..variable_scope import get_variable_scope, variable_scope
from .sizes import zero_states

_ACTIVATIONS: dict[str, Any] = {
    "tanh": math.tanh, "sigmoid": math.sigmoid, "relu": activations.relu, "elu": activations.elu,
    "selu": activations.selu, "softplus": activations.softplus, "softsign": activations.softsign,
    "exponential": math.exp, "linear": lambda x: x,
}  # fmt: skip


def activation_of(given: Any) -> Any:
    """A cell's activation: a function, the name of one, or None for tanh. `ValueError` for a name that is none."""
    if given is None:
        return math.tanh
    if not isinstance(given, str):
        return given
    if given not in _ACTIVATIONS:
        raise ValueError(f"Unknown activation function: {given}")
    return _ACTIVATIONS[given]


def initializer_of(given: Any) -> Any:
    """An initializer: itself, its class or name, what `get_config` told of it, or None. `ValueError` for no name."""
    if isinstance(given, dict):
        return getattr(initializers, given["class_name"])(**given["config"])
    if isinstance(given, str):
        if given not in initializers.__all__:
            raise ValueError(f"Unknown initializer: {given}")
        given = getattr(initializers, given)
    return given() if isinstance(given, type) else given


def _told(value: Any) -> Any:
    """An argument as a configuration has it: functions by name, what has a configuration by that and its class."""
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    return value.__name__ if inspect.isroutine(value) else value


def assert_like_rnncell(name: str, cell: Any) -> None:
    """`TypeError` unless `cell` has what a cell has."""
    missing = [
        f"{what!r} property is missing" for what in ("output_size", "state_size") if not hasattr(cell, what)
    ]  # fmt: skip
    if not hasattr(cell, "zero_state") and not hasattr(cell, "get_initial_state"):
        missing.append("either 'zero_state' or 'get_initial_state' method is required")
    if not callable(cell):
        missing.append("is not callable")
    if missing:
        raise TypeError(f"The argument {name!r} ({cell}) is not an RNNCell: {', '.join(missing)}.")


class RNNCell(Layer):
    """One step of a recurrent network: `output, state = cell(inputs, state)`.

    `inputs` is [batch, …], `state` of `state_size`: a number n stands for tensors [batch, n], and structures are
    nested likewise. A subclass writes `state_size`, `output_size` and `call(inputs, state)`; variables that `call`
    makes by `tf.get_variable` are the cell's own.
    """

    _called_in: Any = None  # the variable scope of the first call
    _config: tuple[str, ...] = ()  # the arguments that `get_config` tells, each kept as `_name`

    def __init__(self, trainable: bool = True, name: Any = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._is_tf_rnn_cell = True

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """The output and the next state. `scope` names the variable scope."""
        if scope is not None:
            with variable_scope(scope, custom_getter=self._rnn_get_variable) as scope:
                return super().__call__(inputs, state, scope=scope)
        if self._called_in is None:
            self._called_in = get_variable_scope()
        with variable_scope(self._called_in, custom_getter=self._rnn_get_variable):
            return super().__call__(inputs, state)

    def _rnn_get_variable(self, getter: Any, *args: Any, **kwargs: Any) -> Any:
        variable = getter(*args, **kwargs)
        return self._kept(variable, getattr(variable, "trainable", True))

    @property
    def state_size(self) -> Any:
        """The size of the state: a number, a shape, or a nested structure of them."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The size of the output: a number, a shape, or a nested structure of them."""
        raise NotImplementedError("Abstract method")

    def build(self, _: Any) -> None:
        """A cell of a program's own makes its variables in `call`."""
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """The arguments that `from_config` makes an equal cell of, if the cell tells them."""
        told = {key: _told(getattr(self, f"_{key}")) for key in self._config}
        return {"name": self._name, "trainable": self._trainable, "dtype": self._dtype, **told}

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """The zero state for `inputs` [batch, …], or for a batch size and dtype.

        `ValueError` if neither tells, or they tell different things.
        """
        if inputs is not None:
            inputs = convert_to_tensor(inputs, name="inputs")
            known = inputs.shape.as_list()[0]
            if batch_size is not None:
                told = constant_value(batch_size) if isinstance(batch_size, Tensor) else batch_size
                if known != told:
                    raise ValueError(
                        "batch size from input tensor is different from the input param. Input tensor batch: "
                        f"{known}, batch_size: {batch_size}"
                    )
            if dtype is not None and inputs.dtype != dtypes.as_dtype(dtype):
                raise ValueError(
                    "dtype from input tensor is different from the input param. Input tensor dtype: "
                    f"{inputs.dtype}, dtype: {dtype}"
                )
            batch_size, dtype = shape_of(inputs)[0] if known is None else known, inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError(
                "batch_size and dtype cannot be None while constructing initial state: "
                f"batch_size={batch_size}, dtype={dtype}"
            )
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros of the state's structure: each [batch_size, …]."""
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            return zero_states(self.state_size, batch_size, dtype)


class LayerRNNCell(RNNCell):
    """A cell that makes its variables in `build`, as layers do."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The output and the next state. `scope` names the variable scope."""
        return Layer.__call__(self, inputs, state, *args, scope=scope, **kwargs)

    def _depth(self, inputs_shape: Any) -> int:
        """The known size of the inputs' last dimension; errors for unknown ones and for weights that are not floats."""
        depth = inputs_shape[-1]
        depth = getattr(depth, "value", depth)
        if depth is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
        dtype = dtypes.as_dtype(self._dtype or "float32")
        if not (dtype.is_floating or dtype.is_complex):
            raise ValueError(f"RNN cell only supports floating point inputs, but saw dtype: {dtype.name}")
        return int(depth)


class BasicRNNCell(LayerRNNCell):
    """`output = state = activation(W [inputs, state] + b)`, of `num_units`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/BasicRNNCell
    """

    _config = "num_units", "activation", "reuse"

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, name: Any = None, dtype: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation_of(activation)

    @property
    def state_size(self) -> int:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        depth = self._depth(inputs_shape)
        self._kernel = self.add_variable("kernel", shape=[depth + self._num_units, self._num_units])
        self._bias = self.add_variable("bias", shape=[self._num_units], initializer=zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        output = self._activation(activations.bias_add(matmul(concat([inputs, state], 1), self._kernel), self._bias))
        return output, output


class GRUCell(LayerRNNCell):
    """A gated recurrent unit of `num_units`: https://arxiv.org/abs/1406.1078.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/GRUCell
    """

    _config = "num_units", "kernel_initializer", "bias_initializer", "activation", "reuse"

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, kernel_initializer: Any = None,
        bias_initializer: Any = None, name: Any = None, dtype: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation_of(activation)
        self._kernel_initializer = initializer_of(kernel_initializer)
        self._bias_initializer = initializer_of(bias_initializer)

    @property
    def state_size(self) -> int:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        n = self._num_units
        rows = self._depth(inputs_shape) + n
        given = self._bias_initializer
        self._gate_kernel = self.add_variable("gates/kernel", [rows, 2 * n], initializer=self._kernel_initializer)
        self._gate_bias = self.add_variable(
            "gates/bias", [2 * n], initializer=given or constant_initializer(1.0, dtype=self.dtype)
        )
        self._candidate_kernel = self.add_variable("candidate/kernel", [rows, n], initializer=self._kernel_initializer)
        self._candidate_bias = self.add_variable(
            "candidate/bias", [n], initializer=given or zeros_initializer(dtype=self.dtype)
        )
        self.built = True

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        gates = activations.bias_add(matmul(concat([inputs, state], 1), self._gate_kernel), self._gate_bias)
        reset, update = split(value=math.sigmoid(gates), num_or_size_splits=2, axis=1)
        candidate = matmul(concat([inputs, reset * state], 1), self._candidate_kernel)
        candidate = self._activation(activations.bias_add(candidate, self._candidate_bias))
        output = update * state + (1 - update) * candidate
        return output, output
