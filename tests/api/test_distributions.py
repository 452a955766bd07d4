"""What goldens of tf.distributions cannot show: names, shapes, what is refused."""

import pytest

import undertow as tf


def test_names_and_shapes_are_those_of_tensorflow():
    with tf.Graph().as_default():
        normal = tf.distributions.Normal([0.0, 1.0], 2.0)
        assert normal.name == "Normal/"
        assert normal.loc.name == "Normal/loc:0"
        assert (normal.batch_shape.as_list(), normal.event_shape.as_list()) == ([2], [])
        assert normal.sample([3, 4]).shape.as_list() == [3, 4, 2]
        assert normal.log_prob(0.0).name == "Normal/log_prob/sub:0"
        assert tf.distributions.Categorical(logits=tf.zeros([5, 3])).sample().shape.as_list() == [5]
        assert tf.distributions.Dirichlet([1.0, 2.0, 3.0]).event_shape.as_list() == [3]
        assert str(normal) == 'tfp.distributions.Normal("Normal/", batch_shape=(2,), event_shape=(), dtype=float32)'


def test_what_cannot_be_is_refused():
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="Must pass probs or logits, but not both"):
            tf.distributions.Bernoulli(logits=0.0, probs=0.5)
        with pytest.raises(NotImplementedError, match=r"No KL.* type Normal and distribution_b type Uniform"):
            tf.distributions.kl_divergence(tf.distributions.Normal(0.0, 1.0), tf.distributions.Uniform())
        with pytest.raises(NotImplementedError, match="cdf is not implemented: Categorical"):
            tf.distributions.Categorical(probs=[0.5, 0.5]).cdf(0.0)
        scale = tf.placeholder(tf.float32)
        density = tf.distributions.Normal(0.0, scale, validate_args=True).prob(0.0)
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError):
            session.run(density, {scale: -1.0})


def test_a_divergence_of_one_s_own_is_registered_once():
    class Mine(tf.distributions.Normal):
        pass

    @tf.distributions.RegisterKL(Mine, tf.distributions.Uniform)
    def divergence(a, b, name=None):
        return tf.constant(7.0)

    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.distributions.kl_divergence(Mine(0.0, 1.0), tf.distributions.Uniform())) == 7.0
    with pytest.raises(ValueError, match=r"KL\(Mine \|\| Uniform\) has already been registered"):
        tf.distributions.RegisterKL(Mine, tf.distributions.Uniform)(divergence)
