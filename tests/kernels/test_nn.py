"""What makes the kernels of tf.nn fast: images stay as they lie, forward and back."""

import pytest
import torch

from undertow.kernels import activation, conv, norm, pool

CONV = {"explicit_paddings": [], "data_format": "NHWC", "dilations": [1, 1, 1, 1]}


def images(*shape):
    return torch.rand(shape).requires_grad_()


@pytest.mark.parametrize("channels", [1, 3, 16])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_images_stay_contiguous_through_a_convolution_and_back(channels, padding):
    x, w = images(4, 12, 12, channels), images(5, 5, channels, 8)
    y = conv.conv2d(x, w, strides=[1, 1, 1, 1], padding=padding, **CONV)
    assert y.is_contiguous()
    (dx,) = torch.autograd.grad(y.square().sum(), x)
    assert dx.is_contiguous()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("stride", [1, 2])
def test_a_filter_as_wide_as_the_image_gives_the_sum_over_its_window_and_a_gradient_fast(channels, stride):
    x, w = (images(*shape).detach().double().requires_grad_() for shape in ((2, 9, 5, channels), (3, 5, channels, 4)))
    with torch.profiler.profile(record_shapes=True) as profile:
        y = conv.conv2d(x, w, strides=[1, stride, stride, 1], padding="VALID", **CONV)
        gradients = torch.autograd.grad(y.square().sum(), [x, w])
    windows = x.unfold(1, 3, stride)  # [2, rows, 5, channels, 3]
    expected = torch.einsum("nrwck,kwco->nro", windows, w).unsqueeze(2)
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(gradients, torch.autograd.grad(expected.square().sum(), [x, w]))
    assert y.is_contiguous() and gradients[0].is_contiguous()
    (backward,) = (event for event in profile.events() if event.name == "aten::convolution_backward")
    assert backward.input_shapes[1][1] == 5 * channels  # not a few channels: torch is slow at those


@pytest.mark.parametrize("size", [12, 13])
def test_images_stay_contiguous_through_pools_and_back(size):
    x = images(4, size, size, 8)
    options = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME", "data_format": "NHWC"}
    for y in (pool.max_pool(x, explicit_paddings=[], **options), pool.avg_pool(x, **options)):
        assert y.is_contiguous()
        assert torch.autograd.grad(y.square().sum(), x)[0].is_contiguous()


def test_images_stay_contiguous_through_batch_normalization_and_back():
    x, one, empty = images(4, 6, 6, 8), torch.ones(8), torch.empty(0)
    y = norm.fused_batch_norm_v3(
        x, one, one, empty, empty, epsilon=1e-3, exponential_avg_factor=1.0, data_format="NHWC", is_training=True
    )[0]
    assert y.is_contiguous()
    assert torch.autograd.grad(y.square().sum(), x)[0].is_contiguous()


def test_odd_same_padding_before_a_strided_pool_makes_no_padded_copy():
    with torch.profiler.profile() as profile:
        pool.max_pool(
            torch.rand(2, 13, 13, 4), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME", explicit_paddings=[],
            data_format="NHWC",
        )  # fmt: skip
    assert "aten::constant_pad_nd" not in {event.key for event in profile.key_averages()}


def test_the_article_s_network_copies_no_image():
    """Of its images, 28·28·16 and 14·14·36 numbers each, no copy is made; of filters a few are."""
    gradient = torch.rand(8, 7, 7, 36)
    x, first, second = torch.rand(8, 28, 28, 1), images(5, 5, 1, 16), images(5, 5, 16, 36)
    options = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME", "data_format": "NHWC"}

    def step():
        y = x
        for w in (first, second):
            y = conv.conv2d(y, w, strides=[1, 1, 1, 1], padding="SAME", **CONV)
            y = activation.bias_add(y, torch.zeros(w.shape[3]), data_format="NHWC")
            y = pool.max_pool(torch.relu(y), explicit_paddings=[], **options)
        torch.autograd.grad(y, [first, second], gradient)

    step()
    with torch.profiler.profile(record_shapes=True) as profile:
        step()
    copied = [e.input_shapes[0] for e in profile.key_averages(group_by_input_shape=True) if e.key == "aten::copy_"]
    assert all(len(shape) < 4 or shape[0] != 8 for shape in copied), copied
