"""What the gradients of convolutions and max-pools are, for `gradients_by_hand`."""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor

from ...kernels.conv import conv2d_gradients
from ...kernels.conv_pool import Layer, convolved_and_pooled_for_gradients, layer_gradients
from ...kernels.pool import max_pool_and_index, max_pool_gradient
from ..plan import Step
from .backward_steps import Backward, Grads

_POOL = ("ksize", "strides", "padding", "explicit_paddings", "data_format")


def _by_steps_of_one(conv: Step) -> bool:
    return conv.attrs["data_format"] == "NHWC" and conv.attrs["strides"] == conv.attrs["dilations"] == [1, 1, 1, 1]


def _conv(step: Step, needed: list[bool]) -> Grads:
    paddings = {name: step.attrs[name] for name in ("padding", "explicit_paddings")}

    def gradients(image: Tensor, filter: Tensor, *others: Tensor) -> Any:
        return _one_or_all(conv2d_gradients(image, filter, others[-1], needed, **paddings))

    return gradients


def _pool(step: Step, needed: list[bool]) -> Grads:
    attrs = {name: step.attrs[name] for name in _POOL}
    return lambda value, index, grad: max_pool_gradient(value, index, grad, **attrs)


def _layer(step: Step, needed: list[bool]) -> Grads:
    step.attrs = {**step.attrs, "by_image": needed[0]}
    layer = _layer_of(step)

    def gradients(image: Tensor, filter: Tensor, *others: Any) -> Any:
        *_, convolved, index, grad = others
        return _one_or_all(layer_gradients(image, filter, convolved, index, grad, needed, layer=layer))

    return gradients


def _layer_forward(step: Step) -> Any:
    return partial(convolved_and_pooled_for_gradients, layer=_layer_of(step), by_image=step.attrs["by_image"])


def _layer_of(step: Step) -> Layer:
    (layer,) = step.call.keywords["layers"]  # type: ignore[attr-defined]
    return layer


def _one_or_all(found: list[Tensor]) -> Any:
    return found if len(found) > 1 else found[0]


OF_IMAGES: dict[str, Backward] = {
    **dict.fromkeys(("Conv2D", "Conv2D+BiasAdd"), Backward(_conv, suits=_by_steps_of_one, output=False)),
    "MaxPool": Backward(
        _pool,
        lambda step: partial(max_pool_and_index, **{name: step.attrs[name] for name in _POOL}),
        saved=1,
        output=False,
    ),
    **dict.fromkeys(
        ("Conv2D+MaxPool", "Conv2D+BiasAdd+MaxPool"),
        Backward(_layer, _layer_forward, saved=2, suits=_by_steps_of_one, output=False),
    ),
}
