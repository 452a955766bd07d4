"""What golden files cannot show of the nodes of backward passes: ops that TensorFlow no longer lets one make."""

import numpy as np
import pytest

import undertow as tf

T = np.random.RandomState(0).uniform(-1, 1, (2, 3, 2, 4)).astype(np.float32)
M, BETA, GAMMA = np.float32([0.1, -0.2, 0.3, 0.0]), np.float32([1, 2, 3, 4]), np.float32([0.5, 1, 2, -1])
V, EPSILON = np.float32([0.5, 1.0, 2.0, 0.1]), 0.001


@pytest.mark.parametrize("scaled", [True, False])
def test_batch_norm_of_2015_normalizes_and_scales_if_it_is_told_to(scaled):
    with tf.Graph().as_default(), tf.Session() as session:
        y = tf.raw_ops.BatchNormWithGlobalNormalization(
            t=T, m=M, v=V, beta=BETA, gamma=GAMMA, variance_epsilon=EPSILON, scale_after_normalization=scaled
        )
        assert y.shape.as_list() == [2, 3, 2, 4]
        wanted = (T - M) / np.sqrt(V + EPSILON) * (GAMMA if scaled else 1) + BETA
        np.testing.assert_allclose(session.run(y), wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("scaled", [True, False])
def test_its_gradient_node_gives_what_differentiating_it_gives(scaled):
    attrs = {"variance_epsilon": EPSILON, "scale_after_normalization": scaled}
    with tf.Graph().as_default(), tf.Session() as session:
        t, m, v, beta, gamma = map(tf.constant, (T, M, V, BETA, GAMMA))
        y = tf.raw_ops.BatchNormWithGlobalNormalization(t=t, m=m, v=v, beta=beta, gamma=gamma, **attrs)
        dy = tf.constant(np.cos(T))
        node = tf.raw_ops.BatchNormWithGlobalNormalizationGrad(t=t, m=m, v=v, gamma=gamma, backprop=dy, **attrs)
        wanted = tf.gradients(y, [t, m, v, beta, gamma], grad_ys=dy)
        wanted = [tf.zeros_like(gamma) if g is None else g for g in wanted]
        for found, right in zip(session.run(list(node)), session.run(wanted)):
            np.testing.assert_allclose(found, right, rtol=1e-4, atol=1e-5)


def test_a_gradient_node_is_differentiated_like_any_other():
    with tf.Graph().as_default(), tf.Session() as session:
        dy, x = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([1.0, 2.0])
        total = tf.raw_ops.BiasAddGrad(out_backprop=dy * x)
        assert session.run(tf.gradients(total, [x])[0]).tolist() == [4.0, 6.0]


def test_a_control_trigger_fires_though_the_branch_it_waits_for_was_not_taken():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [])
        off, on = tf.raw_ops.Switch(data=x, pred=x > 0)
        with tf.control_dependencies([tf.identity(off), tf.identity(on)]):
            trigger = tf.raw_ops.ControlTrigger()
        with tf.control_dependencies([trigger]):
            y = tf.identity(x * 2.0)
        assert [session.run(y, {x: value}) for value in (1.0, -1.0)] == [2.0, -2.0]
