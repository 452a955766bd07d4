"""The passes change nothing but time: with each on and with none the same values come out."""

import numpy as np
import pytest

import undertow as tf
from undertow.runtime import passes


@pytest.fixture(params=["none", *(p.__name__ for p in passes.ENABLED)])
def enabled(request, monkeypatch):
    """Only the pass of this name is on."""
    monkeypatch.setattr(passes, "ENABLED", [p for p in passes.ENABLED if p.__name__ == request.param])
    return request.param


def kinds(session):
    return [step.kind for plan in session._plans.values() for step in plan.steps]


def train(optimizer):
    """Three steps of a small network that every pass has something to do in: loss, weights, and the steps' kinds."""
    random = np.random.RandomState(0)
    images = random.randn(6, 8, 8, 2).astype(np.float32)
    labels = np.eye(3, dtype=np.float32)[random.randint(0, 3, 6)]
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 8, 8, 2])
        y = tf.placeholder(tf.float32, [None, 3])
        kernel = tf.Variable(random.randn(3, 3, 2, 4).astype(np.float32))
        bias = tf.Variable(random.randn(4).astype(np.float32))
        dense = tf.Variable(random.randn(64, 3).astype(np.float32) * 0.1)
        net = tf.nn.bias_add(tf.nn.conv2d(x, kernel, [1, 1, 1, 1], "SAME"), bias)
        net = tf.nn.max_pool(tf.nn.relu(net), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
        logits = tf.matmul(tf.reshape(net, [-1, 64]), dense)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=logits))
        step = optimizer().minimize(loss)
        with tf.Session() as s:
            s.run(tf.global_variables_initializer())
            s._plans.clear()
            for _ in range(3):
                s.run(step, {x: images, y: labels})
            found = kinds(s)
            return s.run([loss, kernel, bias, dense], {x: images, y: labels}), found


OPTIMIZERS = {
    "descent": lambda: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda: tf.train.AdamOptimizer(0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_gives_the_same_weights_with_and_without_each_pass(name, enabled, monkeypatch):
    with_one, _ = train(OPTIMIZERS[name])
    monkeypatch.setattr(passes, "ENABLED", [])
    with_none, _ = train(OPTIMIZERS[name])
    for a, b in zip(with_one, with_none):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


def test_each_pass_finds_its_work_in_that_network():
    _, found = train(OPTIMIZERS["adam"])
    assert "Conv2D+BiasAdd+MaxPool" in found
    assert found.index("Conv2D+BiasAdd+MaxPool") < found.index("Relu")
    assert "ApplyAdam*3" in found
    assert found.count("Reshape") == 1  # the one that flattens; those of the loss change nothing
    assert "Shape" not in found and "Identity" not in found


@pytest.mark.parametrize(
    ("bias", "fused"), [(lambda c: c + tf.constant([1.0, 2.0]), True), (lambda c: c + tf.constant([1.0]), False)]
)
def test_a_vector_added_to_a_convolution_is_its_bias_only_if_it_has_a_number_for_each_channel(bias, fused):
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [1, 2, 2, 1])
        y = bias(tf.nn.conv2d(x, tf.ones([1, 1, 1, 2]), [1, 1, 1, 1], "SAME"))
        found = s.run(y, {x: np.zeros((1, 2, 2, 1))})
        assert ("Conv2D+BiasAdd" in kinds(s)) == fused
    assert found[0, 0, 0].tolist() == ([1.0, 2.0] if fused else [1.0, 1.0])


def test_a_relu_that_is_fetched_is_not_pooled_first(enabled):
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [1, 2, 2, 1])
        relu = tf.nn.relu(x)
        pooled = tf.nn.max_pool(relu, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
        fed = np.array([[-1.0, 2.0], [0.5, -3.0]], np.float32).reshape(1, 2, 2, 1)
        a, b = s.run([relu, pooled], {x: fed})
    assert a.reshape(-1).tolist() == [0.0, 2.0, 0.5, 0.0]
    assert b.reshape(-1).tolist() == [2.0]


def test_pooling_first_gives_the_same_gradient_where_nothing_is_positive(enabled):
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [1, 2, 4, 1])
        pooled = tf.nn.max_pool(tf.nn.relu(x), [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
        grad = tf.gradients(pooled, x)[0]
        fed = np.array([[-1.0, -2.0, 3.0, 3.0], [-0.5, 0.0, 1.0, -1.0]], np.float32).reshape(1, 2, 4, 1)
        found = s.run(grad, {x: fed})
    assert found.reshape(-1).tolist() == [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_a_reshape_between_shapes_not_wholly_known_is_kept():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [None, None])
        y = tf.identity(tf.reshape(x, tf.reverse(tf.shape(x), [0])))
        assert s.run(y, {x: np.zeros((2, 3))}).shape == (3, 2)


def test_shape_arithmetic_follows_the_shapes_that_are_fed():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32)
        rows = tf.shape(x)[0] * 2
        doubled = tf.fill(tf.stack([rows, tf.size(x)]), 1.0)
        flat = tf.reshape(x, [tf.size(x)])
        for shape in ([1, 3], [2, 2], [1, 3], [4]):
            one, two, three = s.run([doubled, flat, rows], {x: np.zeros(shape)})
            assert one.shape == (2 * shape[0], np.prod(shape)) and two.shape == (np.prod(shape),)
            assert three == 2 * shape[0]
        found = [step.kind for plan in s._plans.values() for step in plan.steps]
        assert "shapes" in found and "StridedSlice" not in found


def test_a_fetched_shape_is_the_callers_to_change():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [None, 2])
        fetches = [tf.shape(x), tf.reshape(1 + tf.shape(x), [2, 1]), tf.reshape(tf.range(4), [2, 2])]
        for _ in range(2):
            for value, expected in zip(s.run(fetches, {x: np.zeros([3, 2])}), ([3, 2], [[4], [3]], [[0, 1], [2, 3]])):
                np.testing.assert_array_equal(value, expected)
                value[...] = 9


REFUSED_BY_TORCH_OR_NOT = {  # what torch does otherwise than TensorFlow, and what TensorFlow says of it
    "a vector of nothing fits no matrix": (
        lambda x: tf.concat([x([0]), x([2, 3])], 0), [(0,), (2, 3)], "Ranks of all input tensors should match"
    ),
    "a scalar has no axis 0": (lambda x: tf.reduce_mean(x(None), [0]), [()], "Invalid reduction dimension"),
    "no shape has two free sizes": (lambda x: tf.reshape(x(None), [-1, -1]), [(2, 3)], "Only one input size may be -1"),
    "the sizes have to fit": (lambda x: tf.reshape(x(None), [4]), [(2, 3)], "but the requested shape has 4"),
    "a row that is not there": (lambda x: tf.gather(x(None), [1, 7]), [(2, 3)], r"indices\[1\] = 7 is not in \[0, 2\)"),
}  # fmt: skip


@pytest.mark.parametrize("fact", REFUSED_BY_TORCH_OR_NOT)
def test_what_is_refused_is_refused_in_the_same_words(fact, enabled):
    make, shapes, message = REFUSED_BY_TORCH_OR_NOT[fact]
    with tf.Graph().as_default(), tf.Session() as s:
        fed = []

        def x(shape):
            fed.append(tf.placeholder(tf.float32, None))
            value = tf.identity(fed[-1])
            if shape is not None:
                value.set_shape([None] * 2)
            return value

        result = make(x)
        for _ in range(2):
            with pytest.raises(tf.errors.InvalidArgumentError, match=message):
                s.run(result, dict(zip(fed, (np.zeros(shape, np.float32) for shape in shapes))))


def test_calls_with_constant_axes_do_what_their_kernels_do(enabled):
    words = np.array([["a", "b", "c"], ["d", "e", "f"]], dtype=object)
    with tf.Graph().as_default(), tf.Session() as s:
        x, names = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.string, [None, 3])
        numbers = tf.cast(x, tf.int32)
        wanted = [
            tf.reduce_mean(x), tf.reduce_mean(x, []), tf.reduce_sum(x, [-1], keepdims=True), tf.reduce_sum(numbers, 0),
            tf.reduce_max(x, 0), tf.reshape(x, [-1, 3]), tf.transpose(names), tf.concat([names, names], -1),
            tf.gather(names, [[1], [0]]), tf.expand_dims(names, -1), tf.gather(x, tf.constant([1, 0])),
        ]  # fmt: skip
        for rows in (2, 1, 2, 0):
            fed = np.arange(rows * 3, dtype=np.float32).reshape(rows, 3)
            if rows < 2:
                assert s.run(wanted[5], {x: fed}).shape == (rows, 3)
                continue
            found = s.run(wanted, {x: fed, names: words})
            expected = [
                2.5, fed, fed.sum(1, keepdims=True), [3, 5, 7], fed[1], fed, words.T, np.hstack([words, words]),
                words[[[1], [0]]], words[..., None], fed[[1, 0]],
            ]  # fmt: skip
            for a, b in zip(found, expected):
                a = np.vectorize(bytes.decode)(a) if np.asarray(a).dtype == object else a
                np.testing.assert_array_equal(a, b)
            assert found[3].dtype == np.int32


def test_what_is_like_a_tensor_is_made_once_for_each_shape(enabled):
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [None, 2])
        y = x * 2
        share = tf.concat([tf.ones_like(y) / 2, tf.zeros_like(y)], 1)
        result = share + 1
        for rows in (1, 3, 1):
            assert s.run(result, {x: np.ones((rows, 2))}).tolist() == [[1.5, 1.5, 1, 1]] * rows
        assert ("ZerosLike" in kinds(s)) == (enabled != "shapes_once")
        fetched = s.run(share, {x: np.ones((1, 2))})
        fetched[:] = 7
        assert s.run(share, {x: np.ones((1, 2))}).tolist() == [[0.5, 0.5, 0, 0]]


def test_a_stop_of_no_gradient_goes_and_one_of_a_gradient_stays():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [2])
        v = tf.Variable([1.0, 2.0])
        square = v * v
        y = tf.stop_gradient(tf.exp(x)) * v + tf.stop_gradient(square) * v + square
        s.run(tf.global_variables_initializer())
        s._plans.clear()
        assert s.run(tf.gradients(y, v), {x: [0, 0]})[0].tolist() == [1 + 1 + 2, 1 + 4 + 4]
        assert kinds(s).count("StopGradient") == 1


def cross_entropies(loss, labels, **fetched):
    """The mean loss, its gradients by what can have them, a second derivative; and the kinds of steps."""
    random = np.random.RandomState(1)
    rows = len(labels)
    with tf.Graph().as_default(), tf.Session() as s:
        logits = tf.placeholder(tf.float32, [None, 3])
        given = tf.placeholder(tf.as_dtype(labels.dtype), [None, *labels.shape[1:]])
        losses = loss(labels=given, logits=logits)
        mean = tf.reduce_mean(losses, **fetched)
        by = [logits] if labels.dtype.kind == "i" else [logits, given]
        gradients = tf.gradients(mean * mean, by)
        second = tf.gradients(tf.reduce_sum(gradients[0] ** 2), logits)
        fed = {logits: random.randn(rows, 3), given: labels}
        return s.run([mean, *gradients], fed) + s.run(second, fed), kinds(s)


CLASSES = np.array([2, 0, 1, 1])
SHARES = np.random.RandomState(0).rand(4, 3).astype(np.float32)  # which need not sum to one


@pytest.mark.parametrize(
    ("loss", "labels"),
    [
        (tf.nn.sparse_softmax_cross_entropy_with_logits, CLASSES),
        (tf.nn.softmax_cross_entropy_with_logits_v2, SHARES),
        (tf.nn.softmax_cross_entropy_with_logits_v2, SHARES[:0]),
    ],
)
def test_the_mean_of_cross_entropies_has_the_same_derivatives_in_one_step(loss, labels, monkeypatch):
    found, steps = cross_entropies(loss, labels)
    assert any(kind.endswith("CrossEntropyWithLogits+Mean") for kind in steps) and "Mean" not in steps
    monkeypatch.setattr(passes, "ENABLED", [])
    for a, b in zip(found, cross_entropies(loss, labels)[0]):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def test_a_mean_that_keeps_its_axis_and_losses_that_are_fetched_are_left():
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits
    assert "Mean" in cross_entropies(loss, CLASSES, keepdims=True)[1]
    with tf.Graph().as_default(), tf.Session() as s:
        losses = loss(labels=[0, 1], logits=[[1.0, 1.0], [1.0, 1.0]])
        np.testing.assert_allclose(s.run([losses, tf.reduce_mean(losses)])[0], np.log([2, 2]), rtol=1e-6)


def test_a_label_out_of_range_is_told_by_the_cross_entropy_whoever_averages(enabled):
    with tf.Graph().as_default(), tf.Session() as s:
        mean = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[5], logits=[[1.0, 1.0]]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="label value of 5 which is outside") as told:
            s.run(mean)
        assert told.value.op.type == "SparseSoftmaxCrossEntropyWithLogits"


@pytest.mark.parametrize("resource", [False, True])
@pytest.mark.parametrize("decayed", [False, True])
def test_rows_are_scaled_while_they_are_subtracted(resource, decayed, enabled):
    with tf.Graph().as_default(), tf.Session() as s:
        table = tf.get_variable("t", initializer=np.ones((4, 2), np.float32), use_resource=resource)
        other = tf.get_variable("o", initializer=np.ones(4, np.float32), use_resource=resource)
        step = tf.train.get_or_create_global_step()
        rate = tf.train.exponential_decay(0.5, step, 1, 0.5) if decayed else 0.5
        ids = tf.constant([3, 1, 3])
        loss = tf.reduce_sum(tf.gather(table, ids)) + tf.reduce_sum(tf.gather(other, ids) ** 2)
        train = tf.train.GradientDescentOptimizer(rate).minimize(loss, step)
        s.run(tf.global_variables_initializer())
        s._plans.clear()
        s.run(train)
        s.run(train)
        fused = sum("Scatter" in kind and kind.endswith("*") for kind in kinds(s))
        assert fused == (2 if enabled == "scale_into_scatter" else 0)
        found = s.run([table, other])
    second = 0.25 if decayed else 0.5
    np.testing.assert_allclose(found[0][:, 0], [1, 1 - 0.5 - second, 1, 1 - 2 * (0.5 + second)], rtol=1e-6)
    once = 1 - 0.5 * 2
    twice = 1 - 2 * 0.5 * 2
    np.testing.assert_allclose(found[1], [1, once - second * 2 * once, 1, twice - 2 * second * 2 * twice], rtol=1e-6)


def test_an_index_out_of_range_leaves_a_variable_as_it_was(enabled):
    with tf.Graph().as_default(), tf.Session() as s:
        table = tf.Variable(np.ones((4, 2), np.float32))
        change = tf.scatter_sub(table, [1, 9], tf.exp(tf.zeros([2, 2])) * 0.5)
        s.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 9 is not in \[0, 4\)"):
            s.run(change)
        assert s.run(table).tolist() == [[1, 1]] * 4
