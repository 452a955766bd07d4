"""Activations and biases: what each op is. `kernels/activation.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import same_dim, shape_rule
from .windows import channels_first

# Public name -> type. Shape and dtype of the input.
UNARY = {
    "elu": "Elu",
    "relu": "Relu",
    "relu6": "Relu6",
    "selu": "Selu",
    "softplus": "Softplus",
    "softsign": "Softsign",
}

# The gradient of an activation as an op, for programs that write their own: (gradients, features or outputs).
GRADIENTS = (
    "EluGrad", "LeakyReluGrad", "Relu6Grad", "ReluGrad", "SeluGrad", "SigmoidGrad", "SoftplusGrad", "SoftsignGrad",
    "TanhGrad",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    return from_table(UNARY, __name__, name)


shape_rule(*UNARY.values(), "LeakyRelu")(rules.unchanged)
shape_rule(*GRADIENTS)(rules.merged)


def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """`features` where above 0, `alpha` times that elsewhere; integers become float32.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/leaky_relu
    """
    with name_scope(name, "LeakyRelu", [features, alpha]) as scope:
        features = convert_to_tensor(features, name="features")
        if features.dtype.is_integer:
            features = node("Cast", features, DstT="float32")
        return node("LeakyRelu", features, alpha=alpha, name=scope)


def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """The positive parts of `features` and of their negative, one after the other along `axis`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/crelu
    """
    with name_scope(name, "CRelu", [features]) as scope:
        features = convert_to_tensor(features, name="features")
        both = node("ConcatV2", [features, node("Neg", features)], axis, name=scope)
        return node("Relu", both)


def swish(features: Any) -> Tensor:
    """`features * sigmoid(features)`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/swish
    """
    features = convert_to_tensor(features, name="features")
    return node("Mul", features, node("Sigmoid", features), name="swish")


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Tensor:
    """Add `bias` [C] along the channels of `value`: its last axis, or axis 1 if `data_format` begins with "NC".

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/bias_add
    """
    if data_format is not None and not (data_format.startswith("N") and "C" in (data_format[1:2], data_format[-1])):
        raise ValueError(f"data_format must be of the form `N...C` or `NC...`, got {data_format!r}.")
    image_format = "NCHW" if channels_first(data_format) else "NHWC"
    return node("BiasAdd", value, bias, data_format=image_format, name=name)


@shape_rule("BiasAdd")
def _(value: TensorShape, bias: TensorShape, *, data_format: str) -> TensorShape:
    (length,) = rules.with_rank(bias, 1)
    if value._dims is None:
        return value
    if len(value._dims) < 2:
        raise ValueError(f"Shape must be at least rank 2 but is rank {len(value._dims)}")
    axis = 1 if channels_first(data_format) else len(value._dims) - 1
    dims = list(value._dims)
    dims[axis] = same_dim(dims[axis], length)
    return TensorShape.of(dims)


def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """`x` [n, m] times `weights` [m, k], plus `biases` [k].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/xw_plus_b
    """
    with name_scope(name, "xw_plus_b", [x, weights, biases]) as scope:
        return node("BiasAdd", node("MatMul", x, weights), biases, name=scope)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """The positive part of `xw_plus_b`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/relu_layer
    """
    with name_scope(name, "relu_layer", [x, weights, biases]) as scope:
        return node("Relu", node("BiasAdd", node("MatMul", x, weights), biases), name=scope)
