"""Recurrent networks whose weights are one opaque vector, as cuDNN has them. `kernels/cudnn.py` says how they are done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/CudnnRNN and its neighbours
"""

from __future__ import annotations

import math
from typing import Any

from ..graph.shape import TensorShape
from . import rules
from .rules import shape_rule

GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}


def weight_shapes(rnn_mode: str, layers: int, units: int, depth: int, direction: str) -> list[tuple[int, int]]:
    """The matrices of a network: of each layer and direction those of the inputs, then those of the state, by gate."""
    count, ways = GATES[rnn_mode], 2 if direction == "bidirectional" else 1
    shapes = []
    for layer in range(layers):
        seen = depth if layer == 0 else ways * units
        shapes += ([(units, seen)] * count + [(units, units)] * count) * ways
    return shapes


def params_size(rnn_mode: str, layers: int, units: int, depth: int, direction: str) -> int:
    """The length of the vector: all the matrices, then a bias [units] for each of them."""
    shapes = weight_shapes(rnn_mode, layers, units, depth, direction)
    return sum(math.prod(shape) for shape in shapes) + units * len(shapes)


_SIZES = ("num_layers", "num_units", "input_size")


@shape_rule("CudnnRNNParamsSize")
def _(_num_layers: TensorShape, _num_units: TensorShape, _input_size: TensorShape) -> TensorShape:
    return TensorShape.of((1,))


@shape_rule("CudnnRNNCanonicalToParams", "CudnnRNNCanonicalToParamsV2", values=_SIZES)
def _(num_layers: Any, num_units: Any, input_size: Any, *_: Any) -> TensorShape:
    return TensorShape.of((None,))


@shape_rule("CudnnRNNParamsToCanonical", values=_SIZES)
def _(num_layers: Any, num_units: Any, input_size: Any, _params: Any, *, num_params: int) -> list[TensorShape]:
    units = None if num_units is None else int(num_units)
    return [TensorShape.of((units, None))] * num_params + [TensorShape.of((units,))] * num_params


@shape_rule("CudnnRNNParamsToCanonicalV2", values=_SIZES)
def _(
    num_layers: Any, num_units: Any, input_size: Any, _params: Any, *, num_params_weights: int, num_params_biases: int
) -> list[TensorShape]:  # fmt: skip
    units = None if num_units is None else int(num_units)
    return [TensorShape.of((units, None))] * num_params_weights + [TensorShape.of((units,))] * num_params_biases


def _outputs(input: TensorShape, input_h: TensorShape, input_c: TensorShape, direction: str) -> list[TensorShape]:
    first, second, _ = rules.with_rank(input, 3)
    units = rules.with_rank(input_h, 3)[2]
    ways = 2 if direction == "bidirectional" else 1
    output = TensorShape.of((first, second, None if units is None else ways * units))
    return [output, input_h, input_c, TensorShape.of((None,))]


@shape_rule("CudnnRNN")
def _(
    input: TensorShape, input_h: TensorShape, input_c: TensorShape, _params: TensorShape, *, direction: str
) -> list[TensorShape]:
    return _outputs(input, input_h, input_c, direction)


@shape_rule("CudnnRNNV2", "CudnnRNNV3")
def _(
    input: TensorShape, input_h: TensorShape, input_c: TensorShape, *_params: TensorShape, direction: str
) -> list[TensorShape]:
    return [*_outputs(input, input_h, input_c, direction), TensorShape.of((None,))]
