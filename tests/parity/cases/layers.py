"""tf.layers: every kind of layer node for node, and its outputs, gradients and weights over three steps."""

import numpy as np
from harness import case

SEQUENCES, IMAGES, VOLUMES = (3, 9, 3), (3, 7, 6, 3), (2, 5, 4, 5, 2)


def _values(*shape, dtype=np.float32):
    return np.random.RandomState(sum(shape) + len(shape)).uniform(-1, 1, shape).astype(dtype)


def _weights(tf):
    """An initializer that tells TensorFlow and Undertow the same numbers."""
    return lambda shape, dtype=None, partition_info=None: tf.constant(_values(*[int(d) for d in shape]), dtype)


def _kernel(tf, *names):
    return {f"{name}_initializer": _weights(tf) for name in names or ("kernel", "bias")}


SEPARATE = ("depthwise", "pointwise", "bias")
NORMAL = ("beta", "gamma")

# name -> (input shape, the layer); the first group are TensorFlow's nodes too, one for one.
SAME_NODES = {
    "dense": ((4, 3), lambda tf, x: tf.layers.dense(x, 5, activation=tf.nn.relu, **_kernel(tf))),
    "dense_without_bias": ((4, 3), lambda tf, x: tf.layers.dense(x, 5, use_bias=False, **_kernel(tf, "kernel"))),
    "conv1d": (SEQUENCES, lambda tf, x: tf.layers.conv1d(x, 4, 3, strides=2, **_kernel(tf))),
    "conv2d": (IMAGES, lambda tf, x: tf.layers.conv2d(x, 4, (3, 2), padding="same", **_kernel(tf))),
    "conv2d_strided": (IMAGES, lambda tf, x: tf.layers.conv2d(x, 4, 3, strides=(2, 3), **_kernel(tf))),
    "conv3d": (VOLUMES, lambda tf, x: tf.layers.conv3d(x, 3, 3, padding="same", **_kernel(tf))),
    "conv2d_transpose": (IMAGES, lambda tf, x: tf.layers.conv2d_transpose(x, 4, 3, strides=2, **_kernel(tf))),
    "conv2d_transpose_same": (
        IMAGES,
        lambda tf, x: tf.layers.conv2d_transpose(x, 4, 3, strides=(2, 3), padding="same", **_kernel(tf)),
    ),
    "conv3d_transpose": (VOLUMES, lambda tf, x: tf.layers.conv3d_transpose(x, 3, 2, strides=2, **_kernel(tf))),
    "max_pooling1d": (SEQUENCES, lambda tf, x: tf.layers.max_pooling1d(x, 2, 2)),
    "max_pooling2d": (IMAGES, lambda tf, x: tf.layers.max_pooling2d(x, (3, 2), 2, padding="same")),
    "max_pooling3d": (VOLUMES, lambda tf, x: tf.layers.max_pooling3d(x, 2, 2)),
    "max_pooling3d_channels_first": (
        VOLUMES,
        lambda tf, x: tf.layers.max_pooling3d(x, 2, 1, data_format="channels_first"),
    ),
    "average_pooling1d": (SEQUENCES, lambda tf, x: tf.layers.average_pooling1d(x, 3, 2, padding="same")),
    "average_pooling2d": (IMAGES, lambda tf, x: tf.layers.average_pooling2d(x, 3, (2, 1))),
    "average_pooling3d": (VOLUMES, lambda tf, x: tf.layers.average_pooling3d(x, 2, 2, padding="same")),
    "flatten": (IMAGES, lambda tf, x: tf.layers.flatten(x)),
    "flatten_channels_first": (IMAGES, lambda tf, x: tf.layers.flatten(x, data_format="channels_first")),
    "flatten_vector": ((4,), lambda tf, x: tf.layers.flatten(x)),
    "dropout_in_inference": ((4, 3), lambda tf, x: tf.layers.dropout(x)),
    "batch_normalization_fused": (
        IMAGES,
        lambda tf, x: tf.layers.batch_normalization(x, training=True, **_kernel(tf, *NORMAL)),
    ),
    "batch_normalization_fused_in_inference": (
        IMAGES,
        lambda tf, x: tf.layers.batch_normalization(x, **_kernel(tf, *NORMAL)),
    ),
    "batch_normalization_without_scale_and_center": (
        IMAGES,
        lambda tf, x: tf.layers.batch_normalization(x, training=True, center=False, scale=False),
    ),
    "batch_normalization_of_vectors": (
        (6, 3),
        lambda tf, x: tf.layers.batch_normalization(x, momentum=0.8, training=True, **_kernel(tf, *NORMAL)),
    ),
    "batch_normalization_of_vectors_in_inference": (
        (6, 3),
        lambda tf, x: tf.layers.batch_normalization(x, **_kernel(tf, *NORMAL)),
    ),
    "batch_normalization_axis_1": (
        IMAGES,
        lambda tf, x: tf.layers.batch_normalization(x, axis=1, training=True, fused=False, **_kernel(tf, *NORMAL)),
    ),
    "batch_normalization_two_axes": (
        IMAGES,
        lambda tf, x: tf.layers.batch_normalization(x, axis=[1, 3], training=True, **_kernel(tf, *NORMAL)),
    ),
    "batch_renormalization": (
        (6, 3),
        lambda tf, x: tf.layers.batch_normalization(
            x, renorm=True, renorm_clipping={"rmax": 1.1, "rmin": 0.9, "dmax": 0.1}, training=True
        ),
    ),
    "batch_normalization_of_parts": (
        (6, 4, 3),
        lambda tf, x: tf.layers.batch_normalization(x, virtual_batch_size=3, training=True),
    ),
    "batch_normalization_adjusted": (
        (6, 3),
        lambda tf, x: tf.layers.batch_normalization(
            x, training=True, adjustment=lambda shape: (tf.constant([1.0, 2.0, 3.0]), tf.constant([0.1, 0.2, 0.3]))
        ),
    ),
    "regularized": (
        (4, 3),
        lambda tf, x: tf.layers.dense(
            x, 5, kernel_regularizer=lambda w: tf.reduce_sum(w, name="of_kernel"),
            activity_regularizer=lambda y: tf.reduce_sum(y, name="of_activity"), **_kernel(tf),
        ),
    ),
    "layers_that_share_weights": (
        (4, 3),
        lambda tf, x: tf.layers.dense(
            tf.layers.dense(x, 3, name="d", **_kernel(tf)), 3, name="d", reuse=True, **_kernel(tf)
        ),
    ),
}  # fmt: skip

SAME_VALUES = {
    "dense_of_sequences": (SEQUENCES, lambda tf, x: tf.layers.dense(x, 4, activation=tf.tanh, **_kernel(tf))),
    "conv1d_dilated": (SEQUENCES, lambda tf, x: tf.layers.conv1d(x, 4, 3, dilation_rate=2, **_kernel(tf))),
    "conv1d_causal": (SEQUENCES, lambda tf, x: tf.layers.conv1d(x, 4, 3, padding="causal", **_kernel(tf))),
    "conv2d_dilated": (
        IMAGES,
        lambda tf, x: tf.layers.conv2d(x, 4, 3, padding="same", dilation_rate=(2, 1), **_kernel(tf)),
    ),
    "separable_conv1d": (
        SEQUENCES,
        lambda tf, x: tf.layers.separable_conv1d(x, 4, 3, depth_multiplier=2, strides=2, **_kernel(tf, *SEPARATE)),
    ),
    "separable_conv2d": (
        IMAGES,
        lambda tf, x: tf.layers.separable_conv2d(
            x, 4, 3, padding="same", activation=tf.nn.relu, **_kernel(tf, *SEPARATE)
        ),
    ),
    "separable_conv2d_dilated": (
        IMAGES,
        lambda tf, x: tf.layers.separable_conv2d(
            x, 4, 3, dilation_rate=2, depth_multiplier=2, use_bias=False, **_kernel(tf, *SEPARATE)
        ),
    ),
    "conv2d_transpose_channels_first": (
        (2, 3, 5, 4),
        lambda tf, x: tf.layers.conv2d_transpose(x, 4, 3, strides=2, data_format="channels_first", **_kernel(tf)),
    ),
    "max_pooling1d_channels_first": (
        SEQUENCES,
        lambda tf, x: tf.layers.max_pooling1d(x, 2, 2, data_format="channels_first"),
    ),
    "average_pooling3d_channels_first": (
        VOLUMES,
        lambda tf, x: tf.layers.average_pooling3d(x, 2, 2, data_format="channels_first"),
    ),
    "batch_normalization_of_volumes": (
        VOLUMES,
        lambda tf, x: tf.layers.batch_normalization(x, training=True, fused=False, **_kernel(tf, *NORMAL)),
    ),
}


def _nodes_of(shape, layer):
    def build(tf):
        batch = [None, *shape[1:]]
        layer(tf, tf.placeholder(tf.float32, batch))
        return {}

    return build


def _steps_of(shape, layer, dtype=np.float32):
    """The output and its gradient by the input; all variables after three steps of gradient descent."""

    def build(tf):
        x = tf.placeholder(dtype, shape)
        y = layer(tf, x)
        loss = tf.reduce_mean(tf.square(y)) + sum(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
        feeds = {x: _values(*shape, dtype=dtype)}
        yield {"y": y, "dx": tf.gradients(loss, x)}, feeds
        train = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        if tf.trainable_variables():
            train = [*train, tf.train.GradientDescentOptimizer(0.1).minimize(loss)]
        with tf.control_dependencies(train):
            done = tf.constant(0)
        for i in range(3 if train else 0):
            yield {"done": done}, {x: _values(*shape, dtype=dtype) + i}
        if train:
            yield {"after": [v.value() for v in tf.global_variables()]}, feeds

    return build


def _register(title, build, **options):
    build.__name__ = title
    case(rtol=1e-4, atol=1e-5, **options)(build)


for _name, _row in SAME_NODES.items():
    _register(f"nodes_of_{_name}", _nodes_of(*_row), nodes=True)
for _name, _row in {**SAME_NODES, **SAME_VALUES}.items():
    _register(f"steps_of_{_name}", _steps_of(*_row))


@case(rtol=1e-9, atol=1e-10)
def steps_of_batch_normalization_in_float64(tf):
    yield from _steps_of((6, 3), SAME_NODES["batch_normalization_of_vectors"][1], np.float64)(tf)


@case(nodes=True)
def nodes_of_layers_in_scopes(tf):
    x = tf.placeholder(tf.float32, [None, 3])
    with tf.variable_scope("a"):
        with tf.name_scope("b"):
            tf.layers.dense(x, 2, name="d")
            tf.layers.dense(x, 2)
            tf.layers.flatten(x)
    with tf.variable_scope("a", reuse=True):
        tf.layers.dense(x, 2, name="d")
        tf.layers.dense(x, 2)
    with tf.variable_scope("c", initializer=tf.ones_initializer()):
        tf.layers.dense(x, 2)
    layer = tf.layers.Dense(2, name="object")
    for name in ("first", "second"):
        with tf.variable_scope(name):
            layer(x)
    return {}


@case(nodes=True)
def nodes_of_flatten_where_sizes_are_unknown(tf):
    tf.layers.flatten(tf.placeholder(tf.float32, [None, None, 3]))
    tf.layers.flatten(tf.placeholder(tf.float32, [5, None, 3]))
    tf.layers.flatten(tf.placeholder(tf.float32, [None, 2, None, 4]), data_format="channels_first")
    return {}


@case(nodes=True)
def nodes_of_transposed_convolutions_where_sizes_are_unknown(tf):
    tf.layers.conv2d_transpose(tf.placeholder(tf.float32, [None, None, None, 3]), 2, 2, strides=2)
    tf.layers.conv2d_transpose(tf.placeholder(tf.float32, [None, None, 4, 3]), 2, 3, strides=2, padding="same")
    tf.layers.conv3d_transpose(tf.placeholder(tf.float32, [None, None, None, None, 3]), 2, 2, strides=2, padding="same")
    return {}


def _training_by_placeholder(tf, shape, **options):
    x, training = tf.placeholder(tf.float32, shape), tf.placeholder(tf.bool, ())
    y = tf.layers.batch_normalization(x, momentum=0.7, training=training, **options, **_kernel(tf, *NORMAL))
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    state = [v.value() for v in tf.global_variables()]
    dx = tf.gradients(tf.square(y), x)
    with tf.control_dependencies(updates):
        done = tf.constant(0)
    for i in range(4):
        feeds = {x: _values(*shape) * 2 + i, training: i % 2 == 0}
        yield {"y": y, "dx": dx, "done": done}, feeds
        yield {"state": state, "moved": [u.outputs[0] for u in updates]}, {**feeds, training: False}


@case(rtol=1e-4, atol=1e-5)
def training_by_placeholder_fused(tf):
    yield from _training_by_placeholder(tf, IMAGES)


@case(rtol=1e-4, atol=1e-5)
def training_by_placeholder_of_vectors(tf):
    yield from _training_by_placeholder(tf, (6, 3))


@case(rtol=1e-4, atol=1e-5)
def training_by_placeholder_renormalized(tf):
    yield from _training_by_placeholder(tf, (6, 3), renorm=True, renorm_momentum=0.9)


@case(nodes=True)
def nodes_of_batch_normalization_by_placeholder(tf):
    training = tf.placeholder(tf.bool, ())
    tf.layers.batch_normalization(tf.placeholder(tf.float32, [None, 4, 4, 3]), training=training)
    tf.layers.batch_normalization(tf.placeholder(tf.float32, [None, 3]), training=training)
    return {}


@case
def half_precision_batch_normalization_keeps_float32_weights(tf):
    x = tf.constant(_values(*IMAGES).astype(np.float16))
    fused = tf.layers.batch_normalization(x, training=True)
    plain = tf.layers.batch_normalization(x, axis=2, training=True, fused=False)
    return {"fused": fused, "plain": plain, "variables": [v.value() for v in tf.global_variables()]}
