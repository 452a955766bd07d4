"""A layer's filters and outputs, from arrays and by the layer's name in a session."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from undertow.graph import dtypes
from undertow.graph.shape import TensorShape
from undertow.inspect import layer_kernel, layer_output, plot_filters, plot_outputs

KERNEL = np.random.default_rng(0).normal(size=(5, 5, 3, 16)).astype(np.float32)
MAPS = np.random.default_rng(1).normal(size=(2, 6, 7, 8)).astype(np.float32)


class FakeSession:
    """As much of a session as is needed to look something up: operations by name, and the values of tensors."""

    def __init__(self, *ops):
        self.graph = self
        self.values = {}
        self.ops = []
        for name, kind, value in ops:
            dtype = dtypes.as_dtype(np.asarray(value).dtype)
            tensor = SimpleNamespace(name=f"{name}:0", shape=TensorShape(np.shape(value)), dtype=dtype)
            self.ops.append(SimpleNamespace(name=name, type=kind, outputs=[tensor]))
            self.values[tensor.name] = value

    def get_operations(self):
        return self.ops

    def get_tensor_by_name(self, name):
        return next(op.outputs[0] for op in self.ops if op.outputs[0].name == name)

    def run(self, tensor, feed_dict=None):
        self.fed = feed_dict
        return self.values[getattr(tensor, "name", tensor)]


@pytest.fixture
def session():
    scalar = np.float32(0)
    return FakeSession(
        ("x", "Placeholder", np.zeros((2, 6, 7, 3), np.float32)),
        ("conv1/kernel/Initializer/random_uniform", "Add", KERNEL),
        ("conv1/kernel", "VariableV2", KERNEL),
        ("conv1/kernel/read", "Identity", KERNEL),
        ("conv1/Conv2D", "Conv2D", MAPS),
        ("conv1/Relu", "Relu", np.maximum(MAPS, 0)),
        ("conv2/weights", "VarHandleOp", scalar),
        ("conv2/weights/Read/ReadVariableOp", "ReadVariableOp", KERNEL),
        ("conv2/BiasAdd", "BiasAdd", MAPS),
        ("conv2/AssignMovingAvg", "AssignSub", KERNEL),
        ("dense/kernel", "VariableV2", np.zeros((8, 10), np.float32)),
        ("dense/BiasAdd", "BiasAdd", np.zeros((2, 10), np.float32)),
        ("conv1/kernel/Adam", "VariableV2", KERNEL),
        ("gradients/conv1/Relu_grad", "ReluGrad", MAPS),
    )


def drawn(figure):
    """The axes of the pictures, without that of the colour scale."""
    return [ax for ax in figure.axes if ax.images]


def pictures(figure):
    return np.stack([ax.images[0].get_array() for ax in drawn(figure)], axis=-1)


def test_each_filter_of_the_input_channel_is_drawn():
    figure = plot_filters(KERNEL, input_channel=2)
    np.testing.assert_array_equal(pictures(figure), KERNEL[:, :, 2])
    assert figure.get_suptitle() == "Kernel: 16 filters, 5 × 5, input channel 2 of 3"


def test_the_filters_share_one_scale_symmetric_about_zero_for_every_channel():
    end = float(np.abs(KERNEL).max())
    for channel in range(3):
        ends = {ax.images[0].get_clim() for ax in drawn(plot_filters(KERNEL, input_channel=channel))}
        assert ends == {(-end, end)}


def test_there_is_a_colour_scale_beside_the_filters():
    figure = plot_filters(KERNEL)
    scales = [ax for ax in figure.axes if ax.get_ylabel() == "weight"]
    assert len(scales) == 1


def test_a_kernel_of_zeros_is_drawn():
    assert len(drawn(plot_filters(np.zeros((3, 3, 1, 2))))) == 2


def test_weights_that_are_no_numbers_leave_the_scale_to_the_others():
    kernel = np.array([np.nan, np.inf, -2, 1]).reshape(2, 2, 1, 1)
    assert drawn(plot_filters(kernel))[0].images[0].get_clim() == (-2, 2)


def test_a_kernel_of_another_rank_is_an_error_that_says_so(session):
    with pytest.raises(ValueError, match=r"the kernel of 'dense' has rank 2, \[8, 10\]; filters are drawn of"):
        plot_filters(session, "dense")


@pytest.mark.parametrize("channel", [-1, 3])
def test_a_channel_that_is_not_there_is_an_error(channel):
    with pytest.raises(ValueError, match=f"the kernel has 3 input channels, so there is no number {channel}"):
        plot_filters(KERNEL, input_channel=channel)


def test_filters_are_found_by_the_layers_name(session):
    figure = plot_filters(session, "conv1", input_channel=1)
    np.testing.assert_array_equal(pictures(figure), KERNEL[:, :, 1])
    assert figure.get_suptitle().startswith("conv1: 16 filters")


def test_a_resource_variables_kernel_is_read(session):
    np.testing.assert_array_equal(layer_kernel(session, "conv2"), KERNEL)


def test_an_unknown_layers_error_names_those_like_it(session):
    with pytest.raises(ValueError, match="no layer 'conv3' with a kernel; did you mean 'conv2' or 'conv1'"):
        plot_filters(session, "conv3")
    with pytest.raises(ValueError, match="no layer 'conv3'; did you mean 'conv2' or 'conv1'"):
        plot_outputs(session, "conv3")


def test_an_unknown_layer_unlike_any_is_told_what_there_is(session):
    with pytest.raises(ValueError, match="no layer 'encoder' with a kernel; it has 'conv1', 'conv2', 'dense'"):
        plot_filters(session, "encoder")


def test_a_layers_output_is_its_activation_whatever_was_made_after_it(session):
    feeds = {"x:0": 1}
    np.testing.assert_array_equal(layer_output(session, "conv1", feeds), np.maximum(MAPS, 0))
    assert session.fed is feeds


def test_a_layers_output_is_none_of_its_assignments(session):
    np.testing.assert_array_equal(layer_output(session, "conv2"), MAPS)


def test_a_tensor_or_its_name_is_had_as_it_is(session):
    np.testing.assert_array_equal(layer_output(session, "conv1/Conv2D:0"), MAPS)
    np.testing.assert_array_equal(layer_output(session, session.get_tensor_by_name("conv1/Conv2D:0")), MAPS)


def test_each_map_of_the_image_is_drawn(session):
    figure = plot_outputs(session, "conv1", {}, image=1)
    np.testing.assert_array_equal(pictures(figure), np.maximum(MAPS[1], 0))
    assert figure.get_suptitle() == "conv1: 8 maps, 6 × 7"


def test_one_images_maps_may_come_without_a_batch():
    np.testing.assert_array_equal(pictures(plot_outputs(MAPS[0])), MAPS[0])


def test_channels_may_come_first():
    figure = plot_outputs(np.moveaxis(MAPS, -1, 1), data_format="channels_first")
    np.testing.assert_array_equal(pictures(figure), MAPS[0])


def test_outputs_begin_their_scale_at_zero_unless_some_are_negative():
    end = float(np.abs(MAPS[0]).max())
    assert {ax.images[0].get_clim() for ax in drawn(plot_outputs(MAPS))} == {(-end, end)}
    assert {ax.images[0].get_clim() for ax in drawn(plot_outputs(np.abs(MAPS)))} == {(0, end)}


def test_an_output_of_another_rank_is_an_error_that_says_so(session):
    with pytest.raises(ValueError, match=r"the output of 'dense' has rank 2, \[2, 10\]; maps are drawn of"):
        plot_outputs(session, "dense")


def test_an_image_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="the output is of 2 images, so there is no number 2"):
        plot_outputs(MAPS, image=2)


def test_an_unknown_data_format_is_an_error():
    with pytest.raises(ValueError, match="data_format must be"):
        plot_outputs(MAPS, data_format="NHWC")


def test_given_axes_are_drawn_on():
    figure = Figure()
    axes = figure.subplots(4, 4)
    assert plot_filters(KERNEL, axes=axes) is figure
    assert all(ax.images for ax in axes.flat)
