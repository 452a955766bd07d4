"""Networks as programs of TensorFlow 1 build them: functions of `tf` that add one to the default graph.

Each takes `tf` (and `slim` where it says so), makes placeholders named `x` (and `labels`), and returns what to fetch
and the loss, None if it is not to be trained. `make_graphs_golden.py` builds them with TensorFlow, `test_graphs.py`
with Undertow. Weights and feeds come from a formula of their names, so that no file keeps them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np


def lenet(tf: Any) -> tuple[dict[str, Any], Any]:
    """Convolutions and pools written out with tf.nn, and dropout."""
    x = tf.placeholder(tf.float32, [None, 28, 28, 1], name="x")
    y = x
    for i, (c_in, c_out) in enumerate([(1, 6), (6, 16)]):
        w = tf.get_variable(f"conv{i}/w", [5, 5, c_in, c_out])
        b = tf.get_variable(f"conv{i}/b", [c_out])
        y = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(y, w, strides=[1, 1, 1, 1], padding="SAME"), b))
        y = tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    y = tf.reshape(y, [-1, 7 * 7 * 16])
    y = tf.tanh(tf.matmul(y, tf.get_variable("fc0/w", [7 * 7 * 16, 84])) + tf.get_variable("fc0/b", [84]))
    y = tf.matmul(y, tf.get_variable("fc1/w", [84, 10])) + tf.get_variable("fc1/b", [10])
    return {"logits": y, "softmax": tf.nn.softmax(y)}, classified(tf, y)


def tf_layers(tf: Any) -> tuple[dict[str, Any], Any]:
    """tf.layers, one after the other: convolutions, batch norm that trains, pools, a transposed convolution."""
    x = tf.placeholder(tf.float32, [None, 16, 16, 3], name="x")
    y = tf.layers.conv2d(x, 8, 3, padding="same", use_bias=False)
    y = tf.nn.relu(tf.layers.batch_normalization(y, training=True))
    y = tf.layers.average_pooling2d(y, 2, 2)
    y = tf.layers.separable_conv2d(y, 12, 3, padding="same", activation=tf.nn.elu)
    y = tf.layers.conv2d_transpose(y, 6, 3, strides=2, padding="same", activation=tf.nn.leaky_relu)
    y = tf.layers.max_pooling2d(y, 3, 2, padding="same")
    y = tf.layers.dense(tf.layers.flatten(y), 20, activation=tf.nn.softplus)
    y = tf.layers.dense(y, 10)
    return {"logits": y}, classified(tf, y) + 1e-3 * tf.nn.l2_loss(tf.trainable_variables()[0])


def mobilenet(tf: Any) -> tuple[dict[str, Any], Any]:
    """Blocks of depthwise convolutions, relu6, batch norm that does not train."""
    x = tf.placeholder(tf.float32, [None, 32, 32, 3], name="x")
    y, c_in = x, 3
    for i, (c_out, stride) in enumerate([(8, 2), (16, 1), (24, 2), (24, 1), (32, 2)]):
        with tf.variable_scope(f"block{i}"):
            w = tf.get_variable("depthwise", [3, 3, c_in, 1])
            y = tf.nn.depthwise_conv2d(y, w, [1, stride, stride, 1], "SAME")
            y = tf.nn.relu6(norm(tf, y, c_in, "norm0"))
            y = tf.nn.conv2d(y, tf.get_variable("pointwise", [1, 1, c_in, c_out]), strides=[1, 1, 1, 1], padding="SAME")
            y = tf.nn.relu6(norm(tf, y, c_out, "norm1"))
            c_in = c_out
    y = tf.reduce_mean(y, [1, 2])
    y = tf.matmul(y, tf.get_variable("fc", [c_in, 10]))
    return {"logits": y}, classified(tf, y)


def vgg(tf: Any) -> tuple[dict[str, Any], Any]:
    """Blocks of convolutions between pools, a local response norm, dropout that keeps all."""
    x = tf.placeholder(tf.float32, [None, 32, 32, 3], name="x")
    y, c_in = tf.nn.lrn(x, depth_radius=2, bias=1.0, alpha=0.1, beta=0.75), 3
    for block, (c_out, count) in enumerate([(8, 2), (16, 2), (24, 3)]):
        for i in range(count):
            with tf.variable_scope(f"conv{block}_{i}"):
                y = tf.nn.conv2d(y, tf.get_variable("w", [3, 3, c_in, c_out]), strides=[1, 1, 1, 1], padding="SAME")
                y = tf.nn.relu(y + tf.get_variable("b", [c_out]))
            c_in = c_out
        y = tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    y = tf.reshape(y, [tf.shape(y)[0], 4 * 4 * 24])
    keep = tf.placeholder_with_default(1.0, [], name="keep")
    y = tf.nn.dropout(tf.nn.relu(tf.matmul(y, tf.get_variable("fc0", [4 * 4 * 24, 32]))), keep_prob=keep)
    y = tf.matmul(y, tf.get_variable("fc1", [32, 10]))
    return {"logits": y}, classified(tf, y)


def lstm(tf: Any) -> tuple[dict[str, Any], Any]:
    """dynamic_rnn of an LSTM over sequences of their own lengths: a while loop, and its gradient loop."""
    x = tf.placeholder(tf.float32, [None, 7, 5], name="x")
    lengths = tf.placeholder(tf.int32, [None], name="lengths")
    cell = tf.nn.rnn_cell.LSTMCell(8, use_peepholes=True)
    y, state = tf.nn.dynamic_rnn(cell, x, sequence_length=lengths, dtype=tf.float32)
    y = tf.matmul(state.h, tf.get_variable("fc", [8, 10]))
    return {"logits": y, "state": state.c}, classified(tf, y)


def gru(tf: Any) -> tuple[dict[str, Any], Any]:
    """A bidirectional GRU: two loops."""
    x = tf.placeholder(tf.float32, [None, 6, 4], name="x")
    cells = [tf.nn.rnn_cell.GRUCell(6), tf.nn.rnn_cell.GRUCell(6)]
    lengths = tf.placeholder(tf.int32, [None], name="lengths")
    outputs, _ = tf.nn.bidirectional_dynamic_rnn(*cells, x, sequence_length=lengths, dtype=tf.float32)
    y = tf.matmul(tf.reduce_max(tf.concat(outputs, 2), axis=1), tf.get_variable("fc", [12, 10]))
    return {"logits": y}, classified(tf, y)


def branches(tf: Any) -> tuple[dict[str, Any], Any]:
    """A cond whose branches have weights, one in the other, and a loop that goes on as long as the data says."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    w = tf.get_variable("w", [4, 10])
    v = tf.get_variable("v", [4, 10])
    positive = tf.reduce_sum(x) > 0.0

    def inner() -> Any:
        return tf.cond(tf.reduce_mean(x) > 5.0, lambda: tf.matmul(x, w - v), lambda: tf.matmul(x, v * w))

    y = tf.cond(positive, lambda: tf.matmul(x, w), inner)
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.sin(y) * 1.5 + y), [0, y])
    _, z = tf.while_loop(lambda i, z: tf.reduce_sum(z) < 100.0, lambda i, z: (i + 1, z * 2.0 + 1.0), [0, tf.abs(y)])
    return {"logits": y, "grown": z}, classified(tf, y)


def nested(tf: Any) -> tuple[dict[str, Any], Any]:
    """A loop in a loop, then a loop with branches in it, one in the other: the backward pass nests as they do."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    w, v = tf.get_variable("w", [4, 4]), tf.get_variable("v", [4, 4])

    def outer(i: Any, y: Any) -> Any:
        _, z = tf.while_loop(lambda j, _: j < i + 1, lambda j, z: (j + 1, tf.tanh(tf.matmul(z, w))), [0, y])
        return i + 1, y + z

    def forked(i: Any, y: Any) -> Any:
        def odd() -> Any:
            return tf.cond(i > 2, lambda: tf.sin(y), lambda: tf.matmul(tf.nn.relu(y), v))

        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: tf.matmul(y, w), odd)

    _, y = tf.while_loop(lambda i, _: i < 3, outer, [0, x])
    _, y = tf.while_loop(lambda i, _: i < 5, forked, [0, y])
    y = tf.matmul(y, tf.get_variable("fc", [4, 10]))
    return {"logits": y}, classified(tf, y)


def scans(tf: Any) -> tuple[dict[str, Any], Any]:
    """scan, map_fn and foldl: loops that write TensorArrays, and read their gradients' arrays."""
    x = tf.placeholder(tf.float32, [None, 5, 4], name="x")
    w = tf.get_variable("w", [4, 4])
    steps = tf.transpose(x, [1, 0, 2])
    y = tf.scan(lambda a, t: tf.tanh(tf.matmul(a, w) + t), steps, initializer=tf.zeros_like(x[:, 0]))[-1]
    z = tf.map_fn(lambda t: tf.reduce_max(t * w[0], 0), x)
    y = tf.concat([y, tf.foldl(lambda a, b: a + tf.square(b), steps), z], 1)
    y = tf.matmul(y, tf.get_variable("fc", [12, 10]))
    return {"logits": y}, classified(tf, y)


def transformer(tf: Any) -> tuple[dict[str, Any], Any]:
    """A block of attention with several heads and a mask, layer norm, gelu."""
    x = tf.placeholder(tf.int32, [None, 6], name="x")
    width, heads = 16, 2
    y = tf.nn.embedding_lookup(tf.get_variable("embedding", [20, width]), x)
    y += tf.get_variable("position", [1, 6, width])
    batch = tf.shape(x)[0]

    def split(name: str) -> Any:
        z = tf.tensordot(y, tf.get_variable(name, [width, width]), [[2], [0]])
        return tf.transpose(tf.reshape(z, [batch, 6, heads, width // heads]), [0, 2, 1, 3])

    q, k, v = split("q"), split("k"), split("v")
    scores = tf.matmul(q, k, transpose_b=True) / np.sqrt(width // heads).astype(np.float32)
    scores += -1e9 * tf.cast(tf.equal(x, 0), tf.float32)[:, tf.newaxis, tf.newaxis, :]
    z = tf.reshape(tf.transpose(tf.matmul(tf.nn.softmax(scores), v), [0, 2, 1, 3]), [batch, 6, width])
    y = layer_norm(tf, y + tf.einsum("btd,de->bte", z, tf.get_variable("out", [width, width])), "norm0")
    z = tf.tensordot(y, tf.get_variable("up", [width, 32]), 1)
    z = z * 0.5 * (1.0 + tf.erf(z / np.sqrt(2.0).astype(np.float32)))
    y = layer_norm(tf, y + tf.tensordot(z, tf.get_variable("down", [32, width]), 1), "norm1")
    y = tf.matmul(y[:, 0], tf.get_variable("fc", [width, 10]))
    return {"logits": y, "scores": tf.reduce_sum(tf.nn.softmax(scores), [1])}, classified(tf, y)


def embeddings(tf: Any) -> tuple[dict[str, Any], Any]:
    """Words and their neighbours by sampled softmax's arithmetic: sparse gradients, and a sum over ragged bags."""
    x = tf.placeholder(tf.int32, [None, 3], name="x")
    tables = [tf.get_variable(f"table{i}", [10, 6]) for i in range(2)]
    words = tf.nn.embedding_lookup(tables, x, partition_strategy="mod")
    bag = tf.unsorted_segment_sum(tf.reshape(words, [-1, 6]), tf.reshape(x % 4, [-1]), 4)
    y = tf.reduce_mean(words, axis=1)
    y = tf.concat([y, tf.gather(bag, x[:, 0] % 4)], axis=1)
    y = tf.matmul(y, tf.get_variable("fc", [12, 10]), name="out")
    return {"logits": y}, classified(tf, y)


def images(tf: Any) -> tuple[dict[str, Any], Any]:
    """Sizes changed: resizes, pads, crops, dilated convolutions, tiles; an image to an image."""
    x = tf.placeholder(tf.float32, [None, 12, 12, 3], name="x")
    y = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]], "REFLECT")
    y = tf.nn.conv2d(y, tf.get_variable("w0", [3, 3, 3, 8]), strides=[1, 2, 2, 1], padding="VALID")
    y = tf.nn.selu(y)
    y = tf.image.resize_bilinear(y, [12, 12])
    y = tf.nn.atrous_conv2d(y, tf.get_variable("w1", [3, 3, 8, 8]), rate=2, padding="SAME")
    mean, variance = tf.nn.moments(y, [1, 2], keep_dims=True)
    y = (y - mean) * tf.rsqrt(variance + 1e-3)
    y = tf.image.resize_nearest_neighbor(tf.sigmoid(y), [24, 24])
    y = tf.nn.lrn(tf.pad(y, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")[:, 1:-1, 1:-1], 2, 1.0, 0.1, 0.75)
    y = tf.space_to_depth(y, 2) * tf.tile(tf.get_variable("scale", [1, 1, 1, 8]), [1, 1, 1, 4])
    y = tf.depth_to_space(y, 2)[:, 1:-1:2, ::2, :]
    y = tf.nn.avg_pool(tf.squeeze(tf.stack([y, -y], axis=1)[:, 0:1], [1]), [1, 3, 3, 1], [1, 2, 2, 1], "SAME")
    a, b = tf.split(y, 2, axis=3)
    y = tf.maximum(a, b) - tf.minimum(a, tf.where(b > 0.2, b, tf.square(b)))
    y = tf.reshape(tf.reduce_prod(1.0 + y, axis=2), [-1, 6 * 4])
    y = tf.matmul(tf.log1p(tf.abs(y)) + tf.sqrt(tf.exp(-tf.abs(y))), tf.get_variable("fc", [6 * 4, 10]))
    return {"logits": y}, classified(tf, y)


def resnet(tf: Any, slim: Any) -> tuple[dict[str, Any], Any]:
    """ResNet-50 of slim, on small images."""
    x = tf.placeholder(tf.float32, [None, 33, 33, 3], name="x")
    with slim.arg_scope(slim.nets.resnet_v1.resnet_arg_scope()):
        y, _ = slim.nets.resnet_v1.resnet_v1_50(x, 10, is_training=False)
    y = tf.squeeze(y, [1, 2])
    return {"logits": y}, classified(tf, y)


def inception(tf: Any, slim: Any) -> tuple[dict[str, Any], Any]:
    """Inception-v3 of slim, on the smallest images it takes."""
    x = tf.placeholder(tf.float32, [None, 75, 75, 3], name="x")
    with slim.arg_scope(slim.nets.inception.inception_v3_arg_scope()):
        y, _ = slim.nets.inception.inception_v3(x, 10, is_training=False, create_aux_logits=False)
    return {"logits": y}, None


# Every network, and what trains it.
NETWORKS: dict[str, tuple[Callable[..., Any], Callable[[Any], Any] | None]] = {
    "branches": (branches, lambda tf: tf.train.GradientDescentOptimizer(0.1)),
    "embeddings": (embeddings, lambda tf: tf.train.AdamOptimizer(0.01)),
    "gru": (gru, lambda tf: tf.train.RMSPropOptimizer(0.01)),
    "images": (images, lambda tf: tf.train.AdagradOptimizer(0.01)),
    "inception": (inception, None),
    "lenet": (lenet, lambda tf: tf.train.AdamOptimizer(0.01)),
    "lstm": (lstm, lambda tf: tf.train.AdamOptimizer(0.01)),
    "mobilenet": (mobilenet, lambda tf: tf.train.MomentumOptimizer(0.05, 0.9, use_nesterov=True)),
    "nested": (nested, lambda tf: tf.train.GradientDescentOptimizer(0.1)),
    "resnet": (resnet, lambda tf: tf.train.MomentumOptimizer(0.01, 0.9)),
    "scans": (scans, lambda tf: tf.train.GradientDescentOptimizer(0.1)),
    "tf_layers": (tf_layers, lambda tf: tf.train.MomentumOptimizer(0.05, 0.9)),
    "transformer": (transformer, lambda tf: tf.train.AdamOptimizer(0.01)),
    "vgg": (vgg, lambda tf: tf.train.AdadeltaOptimizer(0.5)),
}


# How an optimizer's own variables start.
SLOTS = {
    "beta1_power": 0.9, "beta2_power": 0.999, "Adam": 0.0, "Adam_1": 0.0, "Adadelta": 0.0, "Adadelta_1": 0.0,
    "Adagrad": 0.1, "Momentum": 0.0, "RMSProp": 1.0, "RMSProp_1": 0.0,
}  # fmt: skip


SLIM = ("inception", "resnet")  # those that need it


def classified(tf: Any, logits: Any) -> Any:
    labels = tf.placeholder(tf.int64, [None], name="labels")
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_mean(losses, name="loss")


def norm(tf: Any, y: Any, channels: int, name: str) -> Any:
    """Batch norm with the moving averages."""
    with tf.variable_scope(name):
        scale, offset = tf.get_variable("scale", [channels]), tf.get_variable("offset", [channels])
        mean = tf.get_variable("mean", [channels], trainable=False)
        variance = tf.get_variable("variance", [channels], trainable=False)
        return tf.nn.fused_batch_norm(y, scale, offset, mean, variance, is_training=False)[0]


def layer_norm(tf: Any, y: Any, name: str) -> Any:
    with tf.variable_scope(name):
        mean, variance = tf.nn.moments(y, [-1], keep_dims=True)
        scale, offset = tf.get_variable("scale", [16]), tf.get_variable("offset", [16])
        return tf.nn.batch_normalization(y, mean, variance, offset, scale, 1e-5)


def build(name: str, tf: Any, slim: Any = None) -> tuple[dict[str, str], bool]:
    """Add the network and, if it is to be trained, an op `train`; the names of what to fetch, and whether it is."""
    function, optimizer = NETWORKS[name]
    fetches, loss = function(tf, slim) if name in SLIM else function(tf)
    if optimizer is not None:
        fetches["loss"] = loss
        with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):  # of batch norm's averages
            optimizer(tf).minimize(loss, name="train")
    return {key: tensor.name for key, tensor in fetches.items()}, optimizer is not None


def numbers(name: str, shape: list[int]) -> np.ndarray[Any, Any]:
    """Values between -1 and 1 that depend on the name alone."""
    return np.random.RandomState(zlib.crc32(name.encode())).uniform(-1, 1, shape)


def weight(name: str, shape: list[int]) -> np.ndarray[Any, Any]:
    """A variable's value, of a size that keeps what flows through the network near 1."""
    leaf = name.rpartition("/")[2]
    if leaf in SLOTS:
        return np.full(shape, SLOTS[leaf], np.float32)
    if leaf in ("variance", "moving_variance", "scale", "gamma"):
        return (1.0 + 0.5 * numbers(name, shape)).astype(np.float32)
    fan_in = int(np.prod(shape[:-1])) if len(shape) > 1 else 10
    return (numbers(name, shape) * np.sqrt(3.0 / fan_in)).astype(np.float32)


def feed(name: str, shape: list[int | None], integers: bool) -> np.ndarray[Any, Any]:
    """What a placeholder is fed: a batch of two, the integers from 0 to 6."""
    known = [2 if size is None else size for size in shape]
    values = numbers(name, known)
    return np.floor((values + 1) * 3.5).astype(np.int64) if integers else values.astype(np.float32)


def digest(value: Any) -> np.ndarray[Any, Any]:
    """Enough of a variable to see that it is the same: its first elements, their sum, the sum of their squares."""
    array = np.asarray(value, np.float64)
    first = np.resize(array, 20) if array.size else np.zeros(20)
    return np.concatenate([first, [array.sum(), np.square(array).sum()]])
