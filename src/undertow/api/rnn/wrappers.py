"""Cells around a cell: dropout, a connection past it, a device.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell
"""

from __future__ import annotations

import hashlib
import numbers
from collections.abc import Callable, Iterator
from typing import Any

from ...graph import nest
from ...graph.operation import Tensor
from ...graph.scopes import device, name_scope
from ...graph.shape import TensorShape
from ...ops.constant_value import constant_value
from ...ops.dropout import dropout
from ...ops.math import divide, floor
from ...ops.node import convert_to_tensor
from ...ops.random import random_uniform
from ...ops.tensor_array import TensorArray
from .cells import RNNCell, assert_like_rnncell
from .lstm import LSTMStateTuple
from .sizes import as_shape


class RNNCellWrapper(RNNCell):
    """A cell that does something to what goes into `cell` and comes out of it."""

    _config: tuple[str, ...] = ("cell",)

    def __init__(self, cell: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        assert_like_rnncell("cell", cell)
        self._cell = cell
        self.built = True

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        return self._wrapped(inputs, state, {} if scope is None else {"scope": scope})

    def _wrapped(self, inputs: Any, state: Any, scope: dict[str, Any]) -> tuple[Any, Any]:
        return self._cell(inputs, state, **scope)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A wrapper of the configuration. `ValueError` unless its `cell` has been replaced by a cell."""
        if isinstance(config.get("cell"), dict):
            raise ValueError(
                "RNNCellWrapper cannot reconstruct the wrapped cell. Please overwrite the cell in the config with a "
                "RNNCell instance."
            )
        return cls(**config)

    @property
    def wrapped_cell(self) -> Any:
        return self._cell

    @property
    def state_size(self) -> Any:
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


def _kept_states(substate: Any) -> Any:
    """Which parts of a state are dropped out: not what an LSTM holds, nor TensorArrays."""
    if isinstance(substate, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not isinstance(substate, TensorArray)


class DropoutWrapper(RNNCellWrapper):
    """`cell` with dropout on its inputs, its output and its next state.

    Each probability to keep is a number or a scalar tensor. If `variational_recurrent` the same elements are dropped at
    every step; that needs `dtype` and, for the inputs, `input_size`. `dropout_state_filter_visitor(substate)` tells
    which parts of the state are subject to it. `ValueError` for probabilities out of range, `TypeError` for a filter
    that cannot be called.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/DropoutWrapper
    """

    _config = (
        "cell", "input_keep_prob", "output_keep_prob", "state_keep_prob", "variational_recurrent", "input_size", "seed"
    )  # fmt: skip

    def __init__(
        self, cell: Any, input_keep_prob: Any = 1.0, output_keep_prob: Any = 1.0, state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False, input_size: Any = None, dtype: Any = None, seed: int | None = None,
        dropout_state_filter_visitor: Callable[[Any], Any] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(cell, dtype=dtype, **kwargs)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._filter = dropout_state_filter_visitor or _kept_states
        with name_scope("DropoutWrapperInit"):
            self._input_keep_prob = _probability(input_keep_prob, "input_keep_prob")
            self._state_keep_prob = _probability(state_keep_prob, "state_keep_prob")
            self._output_keep_prob = _probability(output_keep_prob, "output_keep_prob")
        self._variational_recurrent = variational_recurrent
        self._input_size, self._seed = input_size, seed
        self._noises: dict[str, Any] = {}
        if variational_recurrent:
            self._make_noises(dtype)

    def _make_noises(self, dtype: Any) -> None:
        if dtype is None:
            raise ValueError("When variational_recurrent=True, dtype must be provided")

        def noises(kind: str, sizes: Any) -> Any:
            made = [
                random_uniform(TensorShape([1]).concatenate(as_shape(size)), seed=self._gen_seed(kind, i), dtype=dtype)
                for i, size in enumerate(nest.flatten(sizes))
            ]
            return nest.pack_sequence_as(sizes, made)

        if _drops(self._input_keep_prob):
            if self._input_size is None:
                raise ValueError(
                    "When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, input_size must be "
                    "provided"
                )
            self._noises["input"] = noises("input", self._input_size)
        self._noises["state"] = noises("state", self._cell.state_size)
        self._noises["output"] = noises("output", self._cell.output_size)

    def _gen_seed(self, kind: str, index: int) -> int | None:
        """A seed for each dropout, made of the cell's own."""
        if self._seed is None:
            return None
        told = f"{self._seed}{kind}_{index}".encode()
        return int(hashlib.md5(told, usedforsecurity=False).hexdigest()[:8], 16) & 0x7FFFFFFF

    def _wrapped(self, inputs: Any, state: Any, scope: dict[str, Any]) -> tuple[Any, Any]:
        if _drops(self._input_keep_prob):
            inputs = self._dropout(inputs, "input", self._input_keep_prob)
        output, state = self._cell(inputs, state, **scope)
        if _drops(self._state_keep_prob):
            subject = nest.get_traverse_shallow_structure(self._filter, state)
            state = self._dropout(state, "state", self._state_keep_prob, subject)
        if _drops(self._output_keep_prob):
            output = self._dropout(output, "output", self._output_keep_prob)
        return output, state

    def _dropout(self, values: Any, kind: str, keep_prob: Any, subject: Any = None) -> Any:
        subject = values if subject is None else subject
        count = _counter()

        def one(drop: Any, value: Any, noise: Any = None) -> Any:
            i = next(count)
            if drop is False:
                return value
            if self._variational_recurrent:
                kept = floor(keep_prob + noise)
                result = divide(value, keep_prob) * kept
                result.set_shape(value.shape)
                return result
            return dropout(value, rate=1.0 - keep_prob, seed=self._gen_seed(kind, i))

        noises = [self._noises[kind]] if self._variational_recurrent else []
        return nest.map_structure_up_to(subject, one, subject, values, *noises)


def _counter() -> Iterator[int]:
    i = 0
    while True:
        yield i
        i += 1


def _drops(keep_prob: Any) -> bool:
    return not isinstance(keep_prob, float) or keep_prob < 1


def _probability(value: Any, name: str) -> Any:
    """A probability as a number if it is known, else as a tensor."""
    tensor = convert_to_tensor(value)
    known = float(value) if isinstance(value, numbers.Real) else constant_value(tensor)
    if known is None:
        return tensor
    if not 0 <= known <= 1:
        raise ValueError(f"Parameter {name} must be between 0 and 1: {known}")
    return float(known)


class ResidualWrapper(RNNCellWrapper):
    """`cell` with its inputs added to its output, or whatever `residual_fn(inputs, outputs)` makes of them.

    `ValueError` or `TypeError` if they are not of the same structure and shapes.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/ResidualWrapper
    """

    def __init__(self, cell: Any, residual_fn: Callable[[Any, Any], Any] | None = None, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn or _sum

    def _wrapped(self, inputs: Any, state: Any, scope: dict[str, Any]) -> tuple[Any, Any]:
        outputs, state = self._cell(inputs, state, **scope)
        return self._residual_fn(inputs, outputs), state


def _sum(inputs: Any, outputs: Any) -> Any:
    nest.assert_same_structure(inputs, outputs)

    def check(a: Tensor, b: Tensor) -> None:
        a.shape.assert_is_compatible_with(b.shape)

    nest.map_structure(check, inputs, outputs)
    return nest.map_structure(lambda a, b: a + b, inputs, outputs)


class DeviceWrapper(RNNCellWrapper):
    """`cell` on a device: a name, or a function of the op.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/DeviceWrapper
    """

    _config = "cell", "device"

    def __init__(self, cell: Any, device: Any, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._device = device

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]), device(self._device):
            return self._cell.zero_state(batch_size, dtype)

    def _wrapped(self, inputs: Any, state: Any, scope: dict[str, Any]) -> tuple[Any, Any]:
        with device(self._device):
            return self._cell(inputs, state, **scope)
