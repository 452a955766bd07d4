"""What the gradient of each kind of step is, for `gradients_by_hand`: torch's formulas, in torch's functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ...kernels.product import product
from ...kernels.sampled_logits import gradients_of_logits
from ...kernels.softmax import mean_and_log_p, mean_by_labels, mean_by_logits, sparse_mean_and_log_p
from ...ops.windows import channels_first
from ..plan import Step
from .sampled import fit

# Of the inputs and the output, where these are read, what was saved, the output's gradient -> the needed inputs'.
Grads = Callable[..., Any]


@dataclass(frozen=True)
class Backward:
    """How a kind of step is differentiated; `forward` is what it does then, giving `saved` values more.

    `suits`: for which steps of the kind. `inputs`, `output`: whether gradients are made of those, which then stay in
    memory until they are. `gradients` is asked for before `forward`.
    """

    gradients: Callable[[Step, list[bool]], Grads]
    forward: Callable[[Step], Callable[..., Any]] | None = None
    saved: int = 0
    suits: Callable[[Step], bool] = lambda step: True
    inputs: bool = True
    output: bool = True


def _each(*gradients: Callable[..., Tensor]) -> Callable[[Step, list[bool]], Grads]:
    """From the gradient by each input that can have one, each a function of all that `Grads` take."""

    def choose(step: Step, needed: list[bool]) -> Grads:
        wanted = [gradient for gradient, need in zip(gradients, needed) if need]
        if len(wanted) == 1:
            return wanted[0]
        return lambda *values: [gradient(*values) for gradient in wanted]

    return choose


def _matmul(step: Step, needed: list[bool]) -> Grads:
    turned, turned_too = step.attrs["transpose_a"], step.attrs["transpose_b"]

    def by_a(a: Tensor, b: Tensor, out: Tensor, grad: Tensor) -> Tensor:
        b = b if turned_too else b.t()
        return product(b.t(), grad.t()) if turned else product(grad, b)

    def by_b(a: Tensor, b: Tensor, out: Tensor, grad: Tensor) -> Tensor:
        a = a if turned else a.t()
        return product(grad.t(), a.t()) if turned_too else product(a, grad)

    return _each(by_a, by_b)(step, needed)


def _bias(step: Step, needed: list[bool]) -> Grads:
    def by_bias(grad: Tensor) -> Tensor:
        channel = 1 if channels_first(step.attrs["data_format"]) else grad.dim() - 1
        return grad.sum([axis for axis in range(grad.dim()) if axis != channel])

    return _each(lambda grad: grad, by_bias)(step, needed)


def _sampled(step: Step, needed: list[bool]) -> Grads:
    flat, start = step.attrs["flat"], 0 if step.attrs["flat"] is not None else 1
    given = needed[start : start + 3]

    def gradients(*values: Any) -> Any:
        *inputs, _, grad = values
        if not fit(inputs[0].shape if flat is None else flat, *inputs[start:]):
            return _by_torch(step.attrs["as_it_was"], inputs, needed, grad)
        x, rows, _, true_expected, *_ = inputs[start:]
        found = [g for g in gradients_of_logits(x, rows, true_expected.shape, grad, given) if g is not None]
        return found if len(found) > 1 else found[0]

    return gradients


def _by_torch(call: Callable[..., Any], inputs: list[Any], needed: list[bool], grad: Tensor) -> Any:
    """The gradients of a call, that is done again for them."""
    with torch.enable_grad():
        inputs = [v.detach().requires_grad_() if need else v for v, need in zip(inputs, needed)]
        result = call(*inputs)
        result = result[0] if isinstance(result, list) else result
        found = torch.autograd.grad(result, [v for v, need in zip(inputs, needed) if need], grad)
    return list(found) if len(found) > 1 else found[0]


BACKWARD: dict[str, Backward] = {
    "MatMul": Backward(_matmul),
    "BiasAdd": Backward(_bias, inputs=False, output=False),
    **dict.fromkeys(
        ("Add", "AddV2"),
        Backward(_each(lambda a, b, out, g: g.sum_to_size(a.shape), lambda a, b, out, g: g.sum_to_size(b.shape))),
    ),
    "Sub": Backward(
        _each(lambda a, b, out, g: g.sum_to_size(a.shape), lambda a, b, out, g: -g.sum_to_size(b.shape))
    ),
    "Mul": Backward(
        _each(lambda a, b, out, g: (g * b).sum_to_size(a.shape), lambda a, b, out, g: (g * a).sum_to_size(b.shape))
    ),
    "Relu": Backward(_each(lambda out, g: torch.ops.aten.threshold_backward(g, out, 0)), inputs=False),
    "Tanh": Backward(_each(lambda out, g: torch.ops.aten.tanh_backward(g, out)), inputs=False),
    "Sigmoid": Backward(_each(lambda out, g: torch.ops.aten.sigmoid_backward(g, out)), inputs=False),
    "Reshape": Backward(_each(lambda x, shape, out, g: g.reshape(x.shape))),
    "SampledLogits": Backward(_sampled),
    "SoftmaxCrossEntropyWithLogits+Mean": Backward(
        _each(
            lambda logits, labels, out, log_p, g: mean_by_logits(log_p, labels, None, g).sum_to_size(logits.shape),
            lambda logits, labels, out, log_p, g: mean_by_labels(log_p, g).sum_to_size(labels.shape),
        ),
        lambda step: mean_and_log_p,
        saved=1,
    ),
    "SparseSoftmaxCrossEntropyWithLogits+Mean": Backward(
        _each(lambda logits, labels, out, log_p, at, g: mean_by_logits(log_p, None, at, g)),
        lambda step: sparse_mean_and_log_p,
        saved=2,
    ),
}  # fmt: skip
