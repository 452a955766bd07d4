"""Activations and biases: how each op is done."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..ops.windows import channels_first
from .registry import invalid, kernel, kernels

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def _softplus(x: Tensor) -> Tensor:
    # Above the threshold torch returns x itself: 20 is too low for float64.
    return F.softplus(x, threshold=40 if x.dtype == torch.float64 else 20)


def _selu(x: Tensor) -> Tensor:
    # At 0 TensorFlow's gradient is that of the right side, torch's that of the left.
    return _SELU_SCALE * torch.where(x < 0, _SELU_ALPHA * x.clamp(max=0).expm1(), x)


kernels(
    {
        "Elu": F.elu,
        "Relu": torch.relu,
        "Relu6": lambda x: F.relu6(x) if x.is_floating_point() else x.clamp(0, 6),
        "Selu": _selu,
        "Softplus": _softplus,
        "Softsign": F.softsign,
    }
)


@kernel("LeakyRelu")
def leaky_relu(x: Tensor, *, alpha: float) -> Tensor:
    if x.dtype in (torch.float16, torch.bfloat16):
        alpha = torch.tensor(alpha, dtype=x.dtype).item()  # TensorFlow multiplies two numbers of the same dtype
    return F.leaky_relu(x, alpha)


@kernel("BiasAdd")
def bias_add(value: Tensor, bias: Tensor, *, data_format: str) -> Tensor:
    first = channels_first(data_format)
    axis = 1 if first else value.dim() - 1
    if value.dim() < 2 or value.shape[axis] != bias.shape[0]:
        raise invalid(
            f"Must provide as many biases as the {'channel' if first else 'last'} dimension of the input tensor: "
            f"{list(bias.shape)} vs. {list(value.shape)}"
        )
    return value + (bias if axis == value.dim() - 1 else bias.reshape(-1, *[1] * (value.dim() - 2)))


# The gradients as ops: of the incoming gradient and, for some, the op's input, for others its output

kernels(
    {
        "EluGrad": lambda grad, y: torch.where(y < 0, grad * (y + 1), grad),
        "Relu6Grad": lambda grad, x: grad * ((x > 0) & (x < 6)),
        "ReluGrad": lambda grad, x: grad * (x > 0),
        "SeluGrad": lambda grad, y: torch.where(y < 0, grad * (y + _SELU_SCALE * _SELU_ALPHA), grad * _SELU_SCALE),
        "SigmoidGrad": lambda y, grad: grad * y * (1 - y),
        "SoftplusGrad": lambda grad, x: grad * torch.sigmoid(x),
        "SoftsignGrad": lambda grad, x: grad / (1 + x.abs()).square(),
        "TanhGrad": lambda y, grad: grad * (1 - y * y),
    }
)


@kernel("LeakyReluGrad")
def leaky_relu_grad(grad: Tensor, x: Tensor, *, alpha: float) -> Tensor:
    return torch.where(x > 0, grad, grad * alpha)
