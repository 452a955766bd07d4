"""Gradients as steps of their own: the same numbers as torch's engine gives, and only where all of it is known."""

import numpy as np
import pytest

import undertow as tf
from undertow.runtime import passes

RANDOM = np.random.RandomState(0)
X, CLASSES = RANDOM.randn(6, 4).astype(np.float32), RANDOM.randint(0, 3, 6)


def kinds(session):
    return [step.kind for plan in session._plans.values() for step in plan.steps]


def gradients(make, *values, ys=tf.gradients):
    """The gradients of what `make` makes of some tensors by those, the value, and the kinds of steps."""
    with tf.Graph().as_default(), tf.Session() as s:
        inputs = [tf.placeholder(v.dtype, [None if i == 0 else d for i, d in enumerate(v.shape)]) for v in values]
        y = make(*inputs)
        found = [g.values if isinstance(g, tf.IndexedSlices) else g for g in ys(y, inputs) if g is not None]
        return s.run([*found, *tf.nest.flatten(y)], dict(zip(inputs, values))), kinds(s)


def same(monkeypatch, make, *values, by_hand=True, **options):
    found, steps = gradients(make, *values, **options)
    assert ("SymbolicGradient" not in steps) == by_hand
    monkeypatch.setattr(passes, "ENABLED", [])
    for a, b in zip(found, gradients(make, *values, **options)[0]):
        assert a.shape == b.shape and a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


def sparse(logits):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=CLASSES, logits=logits))


def dense(logits):
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.one_hot(CLASSES, 3), logits=logits))


W, B = RANDOM.randn(4, 3).astype(np.float32), RANDOM.randn(3).astype(np.float32)
NETWORKS = {
    "logistic regression": (lambda x, w, b: sparse(tf.matmul(x, w) + b), X, W, B),
    "biases": (lambda x, w, b: dense(tf.nn.bias_add(tf.matmul(x, w), b)), X, W, B),
    "channels first": (
        lambda x, b: sparse(tf.reshape(tf.nn.bias_add(tf.reshape(x, [3, 2, 3]), b, data_format="NCHW"), [6, 3])),
        RANDOM.randn(6, 3).astype(np.float32), B[:2],
    ),
    "one turned": (lambda x, w: sparse(tf.matmul(x, w, transpose_b=True)), X, np.ascontiguousarray(W.T)),
    "the other turned": (lambda x, w: sparse(tf.matmul(x, w, transpose_a=True)), np.ascontiguousarray(X.T), W),
    "both turned": (
        lambda x, w: sparse(tf.matmul(x, w, transpose_a=True, transpose_b=True)),
        np.ascontiguousarray(X.T), np.ascontiguousarray(W.T),
    ),
    "hidden layers": (
        lambda x, w, v: dense(tf.matmul(tf.tanh(tf.matmul(tf.sigmoid(tf.nn.relu(x)), w)), v)), X, W, W[:3],
    ),
    "broadcast": (lambda x, w, b, c: sparse((tf.matmul(x, w) - b) * b + c * (b - c)), X, W, B, X[:1, :3]),
    "used three times": (lambda x, w: sparse(tf.matmul(x, w) * tf.matmul(x, w) + tf.matmul(x, w)), X, W),
    "squared": (lambda x: sparse(x * x), RANDOM.randn(6, 3).astype(np.float32)),
    "double": (lambda x, w: sparse(tf.matmul(x, w)), X.astype(np.float64), W.astype(np.float64)),
    "two losses": (lambda x, w: [sparse(tf.matmul(x, w)), dense(tf.matmul(x, w))], X, W),
    "by labels": (
        lambda x, y: tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=x)),
        RANDOM.rand(6, 3).astype(np.float32), RANDOM.rand(6, 3).astype(np.float32),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_are_those_of_the_engine(name, monkeypatch):
    make, *values = NETWORKS[name]
    same(monkeypatch, make, *values)


def test_losses_of_ten_thousands_of_classes_are_too(monkeypatch):
    labels = RANDOM.randint(0, 20, (20, 2))

    def make(inputs, weights, biases):
        drawn = (tf.constant([1, 3], tf.int64), tf.ones([20, 2]) * 0.4, tf.constant([0.1, 0.2]))
        losses = tf.nn.sampled_softmax_loss(weights, biases, tf.constant(labels), inputs, 2, 20, 2, drawn, False)
        return tf.reduce_mean(losses)

    rows = RANDOM.randn(20, 4).astype(np.float32)
    same(monkeypatch, make, rows, rows[:, ::-1].copy(), np.arange(20, dtype=np.float32))


def test_what_can_be_differentiated_again_is_left_to_the_engine(monkeypatch):
    def twice(y, xs):
        (first,) = tf.gradients(y, xs)
        return tf.gradients(tf.reduce_sum(first * first), xs)

    same(monkeypatch, lambda x: sparse(x * x), RANDOM.randn(6, 3).astype(np.float32), ys=twice, by_hand=False)


def test_a_way_through_a_loop_is_left_to_the_engine(monkeypatch):
    def make(x):
        _, looped = tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * 1.5), [0, x])
        return sparse(x + looped)

    same(monkeypatch, make, RANDOM.randn(6, 3).astype(np.float32), by_hand=False)


def test_what_is_stopped_has_no_part_in_the_gradient(monkeypatch):
    same(monkeypatch, lambda x: sparse(x * tf.stop_gradient(x)), RANDOM.randn(6, 3).astype(np.float32))


def test_two_gradients_in_a_run_are_left_to_the_engine():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.constant(X[:, :3])
        a, b = tf.gradients(sparse(x), x), tf.gradients(dense(x), x)
        one, other = s.run([a[0], b[0]])
        assert kinds(s).count("SymbolicGradient") == 2
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("resource", [False, True])
def test_training_ends_with_the_same_weights(resource, monkeypatch):
    def train():
        with tf.Graph().as_default(), tf.Session() as s:
            tf.set_random_seed(1)
            x = tf.placeholder(tf.float32, [None, 4])
            with tf.variable_scope("", use_resource=resource):
                hidden = tf.layers.dense(x, 5, tf.nn.relu)
                loss = sparse(tf.layers.dense(hidden, 3))
            step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
            s.run(tf.global_variables_initializer())
            for _ in range(3):
                s.run([step, loss], {x: X})
            return s.run(tf.trainable_variables())

    found = train()
    monkeypatch.setattr(passes, "ENABLED", [])
    for a, b in zip(found, train()):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)
