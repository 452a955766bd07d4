"""Facts of the convolution layers that TensorFlow on a CPU does not show."""

import numpy as np
import pytest

import undertow as tf

FIRST = {1: (0, 2, 1), 2: (0, 3, 1, 2), 3: (0, 4, 1, 2, 3)}
SIZES = {1: (9,), 2: (7, 6), 3: (5, 4, 5)}


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def weights(shape, dtype=None, partition_info=None):
    return tf.constant(np.random.RandomState(len(shape)).uniform(-1, 1, shape), dtype)


SEPARATE = {"depthwise_initializer": weights, "pointwise_initializer": weights, "depth_multiplier": 2}
LAYERS = [
    (tf.layers.Conv1D, 1, {"kernel_initializer": weights}),
    (tf.layers.Conv1D, 1, {"kernel_initializer": weights, "dilation_rate": 2}),
    (tf.layers.Conv1D, 1, {"kernel_initializer": weights, "padding": "causal"}),
    (tf.layers.Conv2D, 2, {"kernel_initializer": weights, "strides": (2, 1), "padding": "same"}),
    (tf.layers.Conv2D, 2, {"kernel_initializer": weights, "dilation_rate": (1, 2)}),
    (tf.layers.Conv3D, 3, {"kernel_initializer": weights}),
    (tf.layers.SeparableConv1D, 1, {**SEPARATE, "strides": 2}),
    (tf.layers.SeparableConv2D, 2, {**SEPARATE, "padding": "same"}),
    (tf.layers.Conv2DTranspose, 2, {"kernel_initializer": weights, "strides": 2}),
    (tf.layers.Conv3DTranspose, 3, {"kernel_initializer": weights, "strides": 2, "padding": "same"}),
]
IDS = [f"{layer.__name__}-{'-'.join(k for k in options if 'initializer' not in k)}" for layer, _, options in LAYERS]


@pytest.mark.parametrize(("layer", "rank", "options"), LAYERS, ids=IDS)
def test_channels_first_gives_the_same_numbers(layer, rank, options):
    x = np.random.RandomState(0).uniform(-1, 1, (2, *SIZES[rank], 3)).astype(np.float32)
    last = layer(4, 3, bias_initializer=weights, **options)(tf.constant(x))
    first = layer(4, 3, bias_initializer=weights, data_format="channels_first", **options)(
        tf.constant(x.transpose(FIRST[rank]))
    )
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        last, first = session.run([last, first])
    np.testing.assert_allclose(first, last.transpose(FIRST[rank]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("layer", "rank", "options"), LAYERS, ids=IDS)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_the_shape_foretold_is_the_shape_made(layer, rank, options, data_format):
    sizes = (3, *SIZES[rank]) if data_format == "channels_first" else (*SIZES[rank], 3)
    made = layer(4, 3, data_format=data_format, **options)
    y = made(tf.placeholder(tf.float32, [None, *sizes]))
    assert y.shape.as_list() == made.compute_output_shape([None, *sizes]).as_list()


def test_channels_must_be_known():
    for function in (tf.layers.conv2d, tf.layers.separable_conv2d, tf.layers.conv2d_transpose):
        with pytest.raises(ValueError, match=r"channel dimension of the inputs should be defined. Found `None`"):
            function(tf.placeholder(tf.float32, [None, 5, 5, None]), 2, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kernel_size": (3, 3, 3)}, "`kernel_size` argument must be a tuple of 2 integers. Received: \\(3, 3, 3\\)"),
        ({"strides": None}, "`strides` argument must be a tuple of 2 integers"),
        ({"strides": (1, "a")}, "including element a of type <class 'str'>"),
        ({"padding": "causal"}, "`padding` argument must be one of 'valid', 'same'. Received: causal"),
        ({"data_format": "NHWC"}, '`data_format` argument must be one of "channels_first", "channels_last"'),
        ({"strides": 2, "dilation_rate": 2}, "not supported in conjunction with `dilation_rate > 1`"),
        ({"kernel_size": 6}, "Negative dimension size caused by subtracting 6 from 5"),
    ],
)
def test_bad_arguments_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        tf.layers.conv2d(tf.placeholder(tf.float32, [None, 5, 5, 3]), **{"filters": 2, "kernel_size": 3, **options})


def test_a_layer_wants_the_channels_it_was_built_for():
    layer = tf.layers.Conv2D(2, 3)
    layer(tf.placeholder(tf.float32, [None, 5, 5, 3]))
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 3"):
        layer(tf.placeholder(tf.float32, [None, 5, 5, 4]))


def test_a_transposed_convolution_learns():
    x = tf.constant(np.random.RandomState(0).rand(2, 3, 3, 2).astype(np.float32))
    loss = tf.reduce_mean(tf.square(tf.layers.conv2d_transpose(x, 1, 2, strides=2) - 1))
    train = tf.train.GradientDescentOptimizer(0.2).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(loss)
        for _ in range(20):
            session.run(train)
        assert session.run(loss) < before / 2


def test_lengths_before_and_after_windows_for_every_padding():
    from undertow.api.layers import arguments

    # (input 4, window 2): valid 4 - 1, same 4, full 4 + 1 windows at stride 1, every other of them at stride 2.
    windows = {(p, s): arguments.conv_output_length(4, 2, p, s) for p in ("valid", "same", "full") for s in (1, 2)}
    assert windows == {
        ("valid", 1): 3, ("valid", 2): 2, ("same", 1): 4, ("same", 2): 2, ("full", 1): 5, ("full", 2): 3,
    }  # fmt: skip
    assert [arguments.conv_input_length(3, 2, p, 1) for p in ("valid", "full")] == [4, 2]
    assert [arguments.deconv_output_length(4, 2, p, 2) for p in ("valid", "same", "full")] == [8, 8, 6]
    assert arguments.conv_output_length(5, 2, "valid", 1, dilation=2) == 3
