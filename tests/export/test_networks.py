"""Networks of every kind: the module gives what the session gives, and the same gradients."""

import numpy as np
import pytest
import torch

import undertow as tf
from undertow.export import to_torch
from undertow.export.sample import difference, random_inputs

cells = tf.nn.rnn_cell


def batch(*shape, dtype=tf.float32):
    return tf.placeholder(dtype, [None, *shape])


def residual():
    def normed(h):
        return tf.nn.relu(tf.layers.batch_normalization(h, training=False))

    x = batch(16, 16, 3)
    h = tf.layers.conv2d(x, 8, 3, padding="same", use_bias=False)
    short = tf.layers.conv2d(h, 16, 1, strides=2, padding="same")
    h2 = tf.layers.conv2d(normed(h), 16, 3, strides=2, padding="same", use_bias=False)
    h = short + tf.layers.conv2d(normed(h2), 16, 3, padding="same", use_bias=False)
    return [x], [tf.layers.dense(tf.reduce_mean(normed(h), [1, 2]), 10)]


def batch_norm_of_the_batch():
    x = batch(6, 6, 3)
    return [x], [tf.layers.batch_normalization(tf.layers.conv2d(x, 4, 3), training=True) ** 2]


def static_lstm():
    x = batch(5, 6)
    outputs, _ = tf.nn.static_rnn(cells.BasicLSTMCell(7), tf.unstack(x, axis=1), dtype=tf.float32)
    return [x], [tf.layers.dense(outputs[-1], 3)]


def dynamic_lstm_of_sequences():
    x, lengths = tf.placeholder(tf.float32, [None, None, 6]), batch(dtype=tf.int32)
    outputs, state = tf.nn.dynamic_rnn(cells.LSTMCell(7, use_peepholes=True), x, lengths, dtype=tf.float32)
    return [x, lengths], [outputs, state.h]


def embedded_words():
    ids = batch(7, dtype=tf.int32)
    words = tf.nn.embedding_lookup(tf.get_variable("words", [20, 5]), ids)
    return [ids], [tf.layers.dense(tf.reduce_max(tf.layers.conv1d(words, 4, 3), 1), 3)]


def attention():
    x = tf.placeholder(tf.float32, [None, None, 16])
    count, length = tf.shape(x)[0], tf.shape(x)[1]

    def heads(y):
        return tf.transpose(tf.reshape(y, [count, length, 4, 4]), [0, 2, 1, 3])

    query, key, value = [heads(tf.layers.dense(x, 16)) for _ in range(3)]
    mask = tf.matrix_band_part(tf.ones([length, length]), -1, 0)
    weights = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * mask - 1e9 * (1 - mask))
    h = tf.reshape(tf.transpose(tf.matmul(weights, value), [0, 2, 1, 3]), [count, length, 16])
    h = tf.contrib.layers.layer_norm(x + tf.layers.dense(h, 16), begin_norm_axis=-1)
    return [x], [h + tf.layers.dense(tf.layers.dense(h, 32, tf.nn.relu), 16)]


def transposed_convolutions():
    x, of_any_size = batch(4, 4, 3), tf.placeholder(tf.float32, [None, None, None, 3])
    same = tf.layers.conv2d_transpose(x, 6, 5, strides=2, padding="same")
    valid = tf.layers.conv2d_transpose(x, 3, 3, strides=2, padding="valid")
    return [x, of_any_size], [same, valid, tf.layers.conv2d_transpose(of_any_size, 6, 4, strides=2, padding="same")]


def depthwise_and_separable():
    x = batch(9, 9, 3)
    h = tf.layers.separable_conv2d(x, 8, 3, padding="same", strides=2)
    kernel = tf.get_variable("depthwise", [3, 3, 8, 2])
    return [x], [tf.nn.depthwise_conv2d(h, kernel, [1, 1, 1, 1], "SAME", rate=[2, 2])]


def one_and_three_dimensions():
    x, volume = batch(10, 3), batch(6, 6, 6, 2)
    return [x, volume], [
        tf.layers.conv1d(x, 4, 3, padding="same", strides=2),
        tf.layers.conv3d(volume, 3, 3, padding="same", strides=2),
        tf.layers.max_pooling3d(volume, 2, 2),
        tf.layers.average_pooling3d(volume, 3, 2, padding="same"),
        tf.layers.conv3d_transpose(volume, 2, 3, 2, padding="same"),
    ]


def channels_first():
    x = batch(3, 8, 8)
    kernel, bias = tf.get_variable("kernel", [3, 3, 3, 4]), tf.get_variable("bias", [4])
    h = tf.nn.conv2d(x, kernel, [1, 1, 2, 2], "SAME", data_format="NCHW")
    return [x], [tf.layers.batch_normalization(tf.nn.bias_add(h, bias, data_format="NCHW"), axis=1)]


def pools():
    x = batch(9, 11, 3)
    of_any_size = tf.placeholder(tf.float32, [None, None, None, 3])
    return [x, of_any_size], [
        pool(image, size, stride, padding=padding)
        for image in (x, of_any_size)
        for pool in (tf.layers.max_pooling2d, tf.layers.average_pooling2d)
        for size, stride, padding in [(3, 2, "same"), (2, 2, "same"), (2, 2, "valid"), (4, 3, "same")]
    ]


def images():
    x = batch(6, 6, 4)
    return [x], [
        tf.pad(x, [[0, 0], [1, 1], [2, 2], [0, 0]], "REFLECT"),
        tf.pad(x, [[0, 0], [1, 0], [0, 1], [0, 0]], constant_values=2.0),
        tf.nn.lrn(x, 2, 1.0, 1e-2, 0.75),
        tf.image.resize_bilinear(x, [15, 13]),
        tf.image.resize_bilinear(x, [9, 9], align_corners=True),
        tf.image.resize_nearest_neighbor(x, [7, 7]),
        tf.image.resize_bicubic(x, [9, 9]),
        tf.space_to_depth(x, 2),
        tf.depth_to_space(x, 2),
    ]


def losses():
    x, classes, shares = batch(6), batch(dtype=tf.int64), batch(6)
    logits = tf.layers.dense(x, 6)
    return [x, classes, shares], [
        tf.losses.sparse_softmax_cross_entropy(classes, logits),
        tf.losses.softmax_cross_entropy(shares, logits),  # whose rows do not add up to 1
        tf.losses.sigmoid_cross_entropy(shares, logits),
        tf.losses.huber_loss(shares, logits),
        tf.losses.log_loss(shares, tf.nn.sigmoid(logits)),
        tf.nn.weighted_cross_entropy_with_logits(shares, logits, 2.0),
        tf.reduce_mean(tf.maximum(logits, tf.reverse(logits, [1]))),
    ]


def pieces():
    x, i = batch(8, 6), tf.placeholder(tf.int32, [3])
    count = tf.shape(x)[0]
    return [x, i], [
        *[x[:, 2:5], x[:, ::-1], x[..., 0], x[:, None, 1:-1:2], x[-1], x[:, :, tf.newaxis]],
        *[tf.gather(x, i, axis=1), tf.gather_nd(x[0], tf.expand_dims(i, 1)), tf.slice(x, [0, 1, 2], [-1, 3, -1])],
        *[tf.where(x > 0.5, x, tf.zeros_like(x)), tf.boolean_mask(x, x > 0.5), tf.one_hot(i, 8)],
        *[tf.concat([x, x], 0), tf.stack([x, x], 1), tf.split(x, [1, 5], 2)[1], tf.unstack(x, axis=1)[3]],
        *[tf.tile(x, [1, 2, 1]), tf.reshape(x, [count * 2, -1]), tf.transpose(x), tf.squeeze(x[:, :1], 1)],
        *[tf.range(count), tf.fill([count, 2], 3.0), tf.cast(count, tf.float32) / 2.0, tf.sequence_mask(i, 5)],
        *[*tf.nn.top_k(x, 2), tf.argmax(x, 1), tf.cumsum(x, 1, exclusive=True), tf.einsum("bij,bkj->bik", x, x)],
        *[tf.unsorted_segment_sum(x[0], tf.constant([0, 1, 0, -1, 2, 2, 0, 1]), 3), tf.matrix_diag(x[:, 0])],
    ]


def either_branch():
    x, training = batch(4), tf.placeholder(tf.bool, [])
    h = tf.layers.batch_normalization(x, training=training)
    return [x, training], [tf.cond(training, lambda: h * 2.0, lambda: h + 1.0)]


def variables_by_handle():
    x = batch(4)
    with tf.variable_scope("by_handle", use_resource=True):
        table = tf.get_variable("table", [5, 3])
        return [x], [tf.layers.dense(x, 3) + tf.nn.embedding_lookup(table, tf.constant([1, 0, 1, 4, 2]))]


NETWORKS = [
    residual, batch_norm_of_the_batch, static_lstm, dynamic_lstm_of_sequences, embedded_words, attention,
    transposed_convolutions, depthwise_and_separable, one_and_three_dimensions, channels_first, pools, images, losses,
    pieces, either_branch, variables_by_handle,
]  # fmt: skip


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)
def test_the_module_gives_what_the_session_gives(network):
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        feeds, fetches = network()
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        module = to_torch(fetches, feeds, session)
        values = random_inputs(feeds, batch=5)
        found = module(*map(torch.tensor, values))
        for tensor, wanted, mine in zip(fetches, session.run(fetches, dict(zip(feeds, values))), found):
            assert difference(wanted, mine.detach().numpy()) < 1e-5, tensor.name
        _check_gradients(module, session, fetches, found, dict(zip(feeds, values)))


def _check_gradients(module, session, fetches, found, feed_dict):
    names = {name: path for path, name in module.tensorflow_names.items()}
    variables = [v for v in tf.trainable_variables() if v.op.name in names]
    if not variables:
        return
    assert {name for name, _ in module.named_parameters()} == {names[v.op.name] for v in variables}
    gradients = [tf.convert_to_tensor(g) for g in tf.gradients(fetches, variables)]
    sum(value.sum() for value in found).backward()
    for variable, wanted in zip(variables, session.run(gradients, feed_dict)):
        mine = module.get_parameter(names[variable.op.name]).grad.numpy()
        assert difference(wanted, mine) < 1e-4, variable.name


@pytest.mark.parametrize("network", [static_lstm, attention, images, losses], ids=lambda network: network.__name__)
def test_tensors_that_it_makes_are_where_its_input_is(network):
    with tf.Graph().as_default():
        feeds, fetches = network()
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        module = to_torch(fetches, feeds, session).to("meta")  # a device that refuses to work with another's tensors
        found = module(*[torch.tensor(value, device="meta") for value in random_inputs(feeds, batch=5)])
        assert {value.device.type for value in found} == {"meta"}


def test_a_loop_is_a_submodule_whose_parts_can_be_read():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [], name="x")
        total = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * x), [0, tf.constant(1.0)], name="power")[1]
        module = to_torch(total, [x], tf.Session())
        assert module(torch.tensor(2.0)).item() == 8.0
        assert module.power.body.code == (
            "def forward(self, state_0, state_1, x):\n"
            "    power_add = state_0 + 1\n"
            "    power_mul = state_1 * x\n"
            "    return (power_add, power_mul)\n"
        )


def test_what_dropout_drops_is_torchs_affair():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 1000])
        module = to_torch(tf.nn.dropout(x, keep_prob=0.8), [x], tf.Session())
        torch.manual_seed(0)
        kept = module(torch.ones(1, 1000)) > 0
        assert 0.77 < kept.float().mean().item() < 0.83
        assert not torch.equal(kept, module(torch.ones(1, 1000)) > 0)


def test_half_precision_is_kept():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float16, [None, 3])
        session = tf.Session()
        y = tf.layers.dense(x, 2, kernel_initializer=tf.ones_initializer())
        session.run(tf.global_variables_initializer())
        assert np.asarray(to_torch(y, [x], session)(torch.ones(1, 3).half()).detach()).dtype == np.float16
