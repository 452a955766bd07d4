"""A GAN as programs write it: two optimizers, each with the variables of one half."""

import numpy as np
import pytest

import undertow as tf


def generator(noise):
    with tf.variable_scope("generator"):
        hidden = tf.layers.dense(noise, 16, tf.nn.relu)
        return tf.layers.dense(hidden, 1)


def discriminator(x, reuse=None):
    with tf.variable_scope("discriminator", reuse=reuse):
        hidden = tf.layers.dense(x, 16, tf.nn.leaky_relu, name="hidden")
        return tf.layers.dense(hidden, 1, name="logits")


def cross_entropy(logits, label):
    labels = tf.fill(tf.shape(logits), label)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


@pytest.fixture
def gan():
    """A session, the real and the noise placeholder, what is generated, the train ops of both, and their variables."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        real, noise = tf.placeholder(tf.float32, [None, 1]), tf.placeholder(tf.float32, [None, 4])
        fake = generator(noise)
        real_logits, fake_logits = discriminator(real), discriminator(fake, reuse=True)
        halves = {
            scope: tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope)
            for scope in ("generator", "discriminator")
        }
        losses = {
            "generator": cross_entropy(fake_logits, 1.0),
            "discriminator": cross_entropy(real_logits, 0.9) + cross_entropy(fake_logits, 0.0),
        }
        train = {
            scope: tf.train.AdamOptimizer(5e-3, beta1=0.5).minimize(losses[scope], var_list=variables)
            for scope, variables in halves.items()
        }
        session.run(tf.global_variables_initializer())
        yield session, real, noise, fake, train, halves


def batch(random, size=64):
    return random.normal(3.0, 0.5, (size, 1)), random.uniform(-1, 1, (size, 4))


@pytest.mark.parametrize(("trained", "other"), [("generator", "discriminator"), ("discriminator", "generator")])
def test_a_train_op_moves_the_variables_of_its_half_only(gan, trained, other):
    session, real, noise, _, train, halves = gan
    before = session.run(halves)
    x, z = batch(np.random.RandomState(0))
    session.run(train[trained], {real: x, noise: z})
    after = session.run(halves)
    assert all(not np.array_equal(*pair) for pair in zip(before[trained], after[trained], strict=True))
    assert all(np.array_equal(*pair) for pair in zip(before[other], after[other], strict=True))


def test_what_is_generated_comes_to_lie_where_the_real_ones_do(gan):
    session, real, noise, fake, train, _ = gan
    random = np.random.RandomState(0)
    _, z = batch(random, 500)
    before = abs(session.run(fake, {noise: z}).mean() - 3.0)
    for _ in range(300):
        x, some = batch(random)
        session.run([train["discriminator"], train["generator"]], {real: x, noise: some})
    assert before > 2.0
    assert abs(session.run(fake, {noise: z}).mean() - 3.0) < 1.0
