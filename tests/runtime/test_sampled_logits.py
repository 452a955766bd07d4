"""The logits of sampled losses in one step: the same losses, gradients and errors as in the forty of the graph."""

import numpy as np
import pytest

import undertow as tf
from undertow.runtime import passes

WORDS, SIZE, DRAWN = 12, 3, 4


def kinds(session):
    return [step.kind for plan in session._plans.values() for step in plan.steps]


def run(loss, true=1, batch=None, dtype=np.float32, fetch=None, sampled=None, twice=False, **options):
    """The loss of each row and its gradients by the weights, biases and inputs; and the kinds of all steps."""
    random = np.random.RandomState(0)
    values = [random.randn(WORDS, SIZE), random.randn(WORDS), random.randn(5, SIZE)]
    classes = random.randint(0, WORDS, (5, true))
    with tf.Graph().as_default():
        tf.set_random_seed(3)
        labels = tf.placeholder(tf.int64, [batch, true])
        weights, biases, inputs = (tf.Variable(v.astype(dtype)) for v in values)
        if sampled is not None:
            options["sampled_values"] = sampled(labels)
        losses = loss(weights, biases, labels, inputs, DRAWN, WORDS, num_true=true, **options)
        gradients = tf.gradients(tf.reduce_sum(losses * losses), [weights, biases, inputs])
        wanted = [losses, *gradients]
        if twice:
            wanted += tf.gradients(sum(tf.reduce_sum(tf.convert_to_tensor(g) ** 2) for g in gradients), [inputs])
        wanted += [tf.get_default_graph().get_tensor_by_name(fetch)] if fetch else []
        with tf.Session() as s:
            s.run(tf.global_variables_initializer())
            s._plans.clear()
            return s.run(wanted, {labels: classes}), kinds(s)


def same(monkeypatch, fused=True, **how):
    found, steps = run(**how)
    assert ("SampledLogits" in steps) == fused
    monkeypatch.setattr(passes, "ENABLED", [])
    expected, steps = run(**how)
    assert "SampledLogits" not in steps
    for a, b in zip(found, expected):
        if isinstance(a, tf.IndexedSlicesValue):
            np.testing.assert_array_equal(a.indices, b.indices)
            a, b = a.values, b.values
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize("loss", [tf.nn.sampled_softmax_loss, tf.nn.nce_loss])
@pytest.mark.parametrize("hits", [False, True])
@pytest.mark.parametrize("batch", [None, 5])
@pytest.mark.parametrize("true", [1, 3])
def test_losses_and_gradients_are_those_of_the_steps_it_stands_for(monkeypatch, loss, hits, batch, true):
    same(monkeypatch, loss=loss, true=true, batch=batch, remove_accidental_hits=hits)


def test_second_derivatives_are_too(monkeypatch):
    same(monkeypatch, loss=tf.nn.sampled_softmax_loss, twice=True)


def test_float64_is_done_at_once_where_no_weights_of_hits_are_cast(monkeypatch):
    counts = lambda labels: (  # noqa: E731
        tf.constant([1, 5, 7, 2], tf.int64), tf.ones([5, 1], tf.float64) / 3, tf.ones([4], tf.float64) / 7
    )  # fmt: skip
    same(monkeypatch, loss=tf.nn.nce_loss, dtype=np.float64, sampled=counts)


def test_a_class_drawn_twice_is_taken_out_once_as_by_tensorflow(monkeypatch):
    drawn = lambda labels: tf.nn.log_uniform_candidate_sampler(labels, 1, DRAWN, False, WORDS, seed=1)  # noqa: E731
    same(monkeypatch, loss=tf.nn.sampled_softmax_loss, sampled=drawn, fused=False)
    fixed = lambda labels: (tf.constant([2, 2, 3, 4], tf.int64), tf.ones([5, 1]) / 3, tf.ones([4]) / 7)  # noqa: E731
    same(monkeypatch, loss=tf.nn.sampled_softmax_loss, sampled=fixed, fused=False)


@pytest.mark.parametrize("name", ["sub:0", "MatMul:0", "Slice:0", "add_1:0"])
def test_what_is_fetched_from_within_is_computed_as_it_was(monkeypatch, name):
    same(monkeypatch, loss=tf.nn.sampled_softmax_loss, fetch=f"sampled_softmax_loss/{name}", fused=False)


def test_counts_of_another_shape_go_the_long_way(monkeypatch):
    counts = lambda labels: (tf.constant([1, 5, 7, 2], tf.int64), tf.constant([[0.3]]), tf.constant([0.2]))  # noqa: E731
    same(monkeypatch, loss=tf.nn.nce_loss, sampled=counts)


def test_the_error_for_labels_of_another_batch_names_the_op_that_tells_it():
    with tf.Graph().as_default(), tf.Session() as s:
        labels = tf.placeholder(tf.int64, [None, 1])
        loss = tf.nn.nce_loss(tf.ones([WORDS, SIZE]), tf.ones([WORDS]), labels, tf.ones([5, SIZE]), DRAWN, WORDS)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Incompatible shapes") as told:
            s.run(loss, {labels: [[1], [2]]})
        assert told.value.op.type == "Mul"
