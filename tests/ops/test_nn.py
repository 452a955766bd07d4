"""What tf.nn knows of shapes before anything runs, and what it refuses."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def images(*shape):
    return tf.placeholder(tf.float32, shape or None)


# Shapes


def test_same_padding_divides_and_rounds_up():
    y = tf.nn.conv2d(images(None, 28, 27, 1), images(5, 5, 1, 16), [1, 2, 2, 1], "SAME")
    assert y.shape.as_list() == [None, 14, 14, 16]


def test_valid_padding_counts_whole_windows_only():
    y = tf.nn.max_pool(images(None, 7, 8, 3), [1, 3, 3, 1], [1, 2, 2, 1], "VALID")
    assert y.shape.as_list() == [None, 3, 3, 3]


def test_a_dilated_filter_reaches_further():
    y = tf.nn.conv2d(images(1, 9, 9, 1), images(3, 3, 1, 1), [1, 1, 1, 1], "VALID", dilations=[1, 2, 3, 1])
    assert y.shape.as_list() == [1, 5, 3, 1]  # 9 - 2 · 2 and 9 - 2 · 3


def test_of_unknown_images_the_rank_is_known():
    assert tf.nn.conv2d(images(), images(), [1, 1, 1, 1], "SAME").shape.as_list() == [None] * 4
    assert tf.nn.max_pool(images(), 2, 2, "SAME").shape.as_list() == [None] * 4
    assert tf.nn.bias_add(images(), images(3)).shape.ndims is None


def test_channels_may_come_first():
    y = tf.nn.conv2d(images(2, 3, 8, 8), images(3, 3, 3, 5), [1, 1, 2, 2], "VALID", data_format="NCHW")
    assert y.shape.as_list() == [2, 5, 3, 3]
    assert tf.nn.max_pool(y, 3, 3, "SAME", data_format="NCHW").shape.as_list() == [2, 5, 1, 1]


def test_a_transposed_convolution_has_the_shape_told():
    y = tf.nn.conv2d_transpose(images(None, 7, 7, 8), images(5, 5, 4, 8), [64, 14, 14, 4], [1, 2, 2, 1])
    assert y.shape.as_list() == [64, 14, 14, 4]


def test_depthwise_channels_multiply():
    assert tf.nn.depthwise_conv2d(images(1, 8, 8, 3), images(3, 3, 3, 2), [1, 1, 1, 1], "SAME").shape.as_list()[3] == 6


def test_cross_entropy_has_one_value_a_row():
    loss = tf.nn.softmax_cross_entropy_with_logits(labels=images(None, 10), logits=images(None, 10))
    assert loss.shape.as_list() == [None]
    sparse = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.placeholder(tf.int64, [None, 5]), logits=images(None, 5, 10)
    )
    assert sparse.shape.as_list() == [None, 5]


def test_top_k_of_an_unknown_k_knows_the_rows():
    assert tf.nn.top_k(images(4, 9), tf.placeholder(tf.int32, [])).values.shape.as_list() == [4, None]


def test_parts_of_an_embedding_keep_the_width():
    found = tf.nn.embedding_lookup([images(5, 3), images(4, 3)], tf.placeholder(tf.int32, [None, 7]))
    assert found.shape.as_list() == [None, 7, 3]


# Refusals: class and sentence


@pytest.mark.parametrize(
    ("build", "error", "says"),
    [
        (lambda: tf.nn.conv2d(images(1, 8, 8, 3), images(3, 3, 2, 1), [1, 1, 1, 1], "SAME"), ValueError,
         r"Depth of input \(3\) is not a multiple of input depth of filter \(2\)"),
        (lambda: tf.nn.conv2d(images(1, 2, 2, 1), images(3, 3, 1, 1), [1, 1, 1, 1], "VALID"), ValueError,
         "Negative dimension size caused by subtracting 3 from 2"),
        (lambda: tf.nn.conv2d(images(1, 8, 8, 3), images(3, 3, 3, 1), [1, 1, 1], "SAME"), ValueError,
         "strides should be of length 1, 2 or 4"),
        (lambda: tf.nn.conv2d(images(1, 8, 8, 3), images(3, 3, 3, 1), 1, "same"), ValueError, "'same' not in"),
        (lambda: tf.nn.conv2d(images(1, 8, 8, 3), images(3, 3, 3, 1), 1, "SAME", data_format="HWNC"), ValueError,
         "'HWNC' not in"),
        (lambda: tf.nn.conv2d(images(1, 8, 8, 3), images(3, 3, 3, 1), 1, [[0, 0], [0, -1], [0, 0], [0, 0]]), ValueError,
         "nonnegative"),
        (lambda: tf.nn.conv2d(images(1, 8, 8), images(3, 3, 3, 1), 1, "SAME"), ValueError,
         "Shape must be rank 4 but is rank 3"),
        (lambda: tf.nn.conv2d(images(1, 8, 8, 3), images(1, 1, 3, 1), 1, "SAME", filters=images(1, 1, 3, 1)),
         ValueError, "Cannot specify both 'filter' and 'filters'"),
        (lambda: tf.nn.bias_add(images(2, 3), images(2)), ValueError, "Dimensions must be equal, but are 3 and 2"),
        (lambda: tf.nn.bias_add(images(3), images(3)), ValueError, "at least rank 2 but is rank 1"),
        (lambda: tf.nn.softmax(images(), axis=1), ValueError, "unknown rank"),
        (lambda: tf.nn.softmax(images(2, 3), axis=2), ValueError, r"axis = 2 not in \[-2, 2\)"),
        (lambda: tf.nn.softmax_cross_entropy_with_logits(logits=images(2, 3)), ValueError, "Both `labels` and"),
        (lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.placeholder(tf.int32, [2, 1]),
                                                                logits=images(2, 3)), ValueError,
         "must equal `logits.shape.rank - 1`"),
        (lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=images(3), logits=images(2)), ValueError,
         "same shape"),
        (lambda: tf.nn.dropout(images(2, 3), 0.5, rate=0.5), ValueError, "both 'keep_prob' and 'rate'"),
        (lambda: tf.nn.dropout(images(2, 3), rate=1.0), ValueError, r"range \[0, 1\)"),
        (lambda: tf.nn.dropout(tf.placeholder(tf.int32, [2]), 0.5), ValueError, "floating point"),
        (lambda: tf.nn.top_k(images(2, 3), 4), ValueError, "must have last dimension >= k = 4 but is 3"),
        (lambda: tf.nn.embedding_lookup([images(2, 3)] * 2, [0], partition_strategy="rows"), ValueError,
         "Unrecognized partition strategy"),
        (lambda: tf.nn.pool(images(1, 8, 8, 1), [2, 2], "MEDIAN", "SAME"), ValueError, "'MAX' or 'AVG'"),
        (lambda: tf.nn.fused_batch_norm(images(1, 2, 2, 3), images(3), images(3), is_training=False), ValueError,
         "`mean` and `variance`"),
        (lambda: tf.nn.relu(tf.constant("text")), TypeError, "string not in list of allowed values"),
    ],
)  # fmt: skip
def test_refusal(build, error, says):
    with pytest.raises(error, match=says):
        build()


# What can only be seen when it runs


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_a_label_out_of_range_is_an_invalid_argument():
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 3], logits=[[1.0, 2, 3], [1, 2, 3]])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"label value of 3 .* valid range of \[0, 3\)"):
        run(loss)


def test_strides_over_the_batch_are_refused():
    x, w = images(), images()
    y = tf.nn.conv2d(x, w, [2, 1, 1, 1], "SAME")
    with pytest.raises(tf.errors.InvalidArgumentError, match="strides in the batch and depth"):
        run(y, {x: [[[[1.0]]]], w: [[[[1.0]]]]})


def test_biases_of_another_length_are_refused():
    x, b = images(), images()
    y = tf.nn.bias_add(x, b)
    with pytest.raises(tf.errors.InvalidArgumentError, match="as many biases as the last dimension"):
        run(y, {x: [[1.0, 2, 3]], b: [1.0, 2]})


def test_dropout_keeps_the_mean_and_drops_that_many():
    dropped = run(tf.nn.dropout(tf.ones([100, 100]), keep_prob=0.75, seed=1))
    assert sorted(set(dropped.reshape(-1).tolist())) == pytest.approx([0, 4 / 3])
    assert abs((dropped == 0).mean() - 0.25) < 0.02  # its deviation is 0.004


def test_dropout_drops_together_where_the_noise_has_one_row():
    dropped = run(tf.nn.dropout(tf.ones([50, 4]), rate=0.5, noise_shape=[None, 1], seed=1))
    assert (dropped == dropped[:, :1]).all()
    assert 0 < (dropped[:, 0] == 0).sum() < 50


def test_fractional_windows_have_one_of_two_lengths_and_cover_the_image():
    x = tf.placeholder(tf.float32, [1, 20, 30, 1])
    for pseudo_random in (False, True):
        pooled, rows, columns = tf.nn.fractional_max_pool(x, [1, 1.5, 1.5, 1], pseudo_random, seed=3)
        with tf.Session() as session:
            values, rows, columns = session.run([pooled, rows, columns], {x: [[[[float(i)] for i in range(30)]] * 20]})
        assert (rows[0], rows[-1], columns[0], columns[-1]) == (0, 20, 0, 30)
        assert set((rows[1:] - rows[:-1]).tolist()) <= {1, 2}
        assert (values[0, 0, :, 0] == columns[1:] - 1).all()  # a row of 0, 1 … has its maximum at each window's end
