"""Functions whose gradient is TensorFlow's where torch's is another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def with_gradients(forward: Callable[..., Tensor], *partials: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """`forward`, whose gradient for the i-th input is `partials[i](grad, *inputs, result)`.

    A gradient of the shape to which the inputs were broadcast is summed to its input's own.
    """

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Tensor) -> Tensor:
            result = forward(*inputs)
            ctx.save_for_backward(*inputs, result)
            return result

        @staticmethod
        def backward(ctx: Any, grad: Tensor) -> Any:
            saved = ctx.saved_tensors
            return tuple(
                partial(grad, *saved).sum_to_size(value.shape) if needed else None
                for partial, value, needed in zip(partials, saved, ctx.needs_input_grad)
            )

    def apply(*inputs: Tensor) -> Tensor:
        if torch.is_grad_enabled() and any(x.requires_grad for x in inputs):
            return Function.apply(*inputs)
        return forward(*inputs)

    return apply


def zero_stays(partial: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """`partial`, but 0 wherever the gradient that comes in is 0, even if the function has a pole there."""

    def gradient(grad: Tensor, *values: Tensor) -> Tensor:
        return torch.where(grad == 0, torch.zeros_like(grad), partial(grad, *values))

    return gradient


def pulled_back(function: Callable[[Tensor], Tensor], value: Tensor, grad: Tensor) -> Tensor:
    """The gradient by `value`, where `grad` is the one by `function(value)`.

    torch.func's would do, but loads torch's compiler, for seconds.
    """
    again = torch.is_grad_enabled()
    with torch.enable_grad():
        leaf = value if again and value.requires_grad else value.detach().requires_grad_()
        return torch.autograd.grad(function(leaf), leaf, grad, create_graph=again)[0]
