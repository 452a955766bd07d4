"""Activations and biases."""

import numpy as np
from harness import case

EDGES = [-7.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 3.0, 6.0, 7.5, 30.0, 100.0]


def _with_gradient(tf, function, values, dtype=np.float32):
    x = tf.constant(np.array(values, dtype))
    y = function(x)
    return {"y": y, "dx": tf.gradients(y, x)}


@case
def activations_and_their_gradients_at_the_edges(tf):
    names = ("relu", "relu6", "elu", "selu", "leaky_relu", "softplus", "softsign", "sigmoid", "tanh", "swish")
    return {n: _with_gradient(tf, getattr(tf.nn, n), EDGES) for n in names}


@case
def activations_of_float64(tf):
    names = ("relu", "relu6", "elu", "selu", "leaky_relu", "softplus", "softsign", "sigmoid", "tanh")
    return {n: _with_gradient(tf, getattr(tf.nn, n), EDGES, np.float64) for n in names}


@case
def second_derivatives(tf):
    result = {}
    for name in ("elu", "selu", "softplus", "sigmoid", "tanh", "relu"):
        x = tf.constant(np.array([-2.0, -0.5, 0.3, 1.7], np.float64))
        (dx,) = tf.gradients(getattr(tf.nn, name)(x), x)
        result[name] = tf.gradients(dx, x)
    return result


@case
def relu_of_integers(tf):
    x = tf.constant([-3, 0, 4, 9])
    return {"relu": tf.nn.relu(x), "relu6": tf.nn.relu6(x), "leaky": tf.nn.leaky_relu(x, alpha=0.1)}


@case(nodes=True)
def activation_nodes(tf):
    x = tf.constant(np.linspace(-1, 1, 24, dtype=np.float32).reshape(2, 3, 4), name="x")
    return [
        tf.nn.relu(x), tf.nn.relu(x, name="named"), tf.nn.leaky_relu(x), tf.nn.leaky_relu(x, 0.3, name="leak"),
        tf.nn.crelu(x), tf.nn.crelu(x, axis=1, name="c"), tf.nn.softplus(x), tf.nn.softsign(x), tf.nn.relu6(x),
    ]  # fmt: skip


@case(nodes=True)
def biases(tf):
    x = tf.constant(np.arange(24, dtype=np.float32).reshape(2, 3, 4), name="x")
    last, first = tf.constant([1.0, 2, 3, 4]), tf.constant([1.0, 2, 3])
    y = tf.nn.bias_add(x, last)
    z = tf.nn.bias_add(x, first, data_format="NCHW", name="at_channels")
    return [y, z]


@case
def bias_gradients(tf):
    x = tf.constant(np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    last, first = tf.constant([1.0, 2, 3, 4]), tf.constant([1.0, 2, 3])
    y, z = tf.nn.bias_add(x, last), tf.nn.bias_add(x, first, data_format="NC..")
    return [tf.gradients(tf.square(y), [x, last]), tf.gradients(tf.square(z), [x, first])]


@case(nodes=True)
def dense_layers_by_hand(tf):
    x = tf.constant([[1.0, -2.0], [0.5, 3.0]], name="x")
    w = tf.constant([[1.0, 2.0, -1.0], [0.0, -1.0, 1.0]], name="w")
    b = tf.constant([0.1, 0.2, 0.3], name="b")
    return [tf.nn.xw_plus_b(x, w, b), tf.nn.relu_layer(x, w, b), tf.nn.xw_plus_b(x, w, b, name="logits")]


@case
def gradients_as_ops(tf):
    x = tf.constant([-1.0, 0.0, 0.5, 6.0, 8.0])
    g = tf.constant([1.0, 2.0, 3.0, 4.0, 5.0])
    raw = tf.raw_ops
    return {
        "relu": raw.ReluGrad(gradients=g, features=x),
        "relu6": raw.Relu6Grad(gradients=g, features=x),
        "elu": raw.EluGrad(gradients=g, outputs=tf.nn.elu(x)),
        "selu": raw.SeluGrad(gradients=g, outputs=tf.nn.selu(x)),
        "softplus": raw.SoftplusGrad(gradients=g, features=x),
        "softsign": raw.SoftsignGrad(gradients=g, features=x),
        "leaky": raw.LeakyReluGrad(gradients=g, features=x, alpha=0.3),
        "sigmoid": raw.SigmoidGrad(y=tf.sigmoid(x / 4), dy=g),
        "tanh": raw.TanhGrad(y=tf.tanh(x / 4), dy=g),
    }
