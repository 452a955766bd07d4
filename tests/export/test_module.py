"""A graph as a torch module: its numbers, gradients and names are the session's."""

import copy

import numpy as np
import pytest
import torch

import undertow as tf
from undertow.export import to_torch


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        tf.set_random_seed(1)
        yield made


def started():
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


def uniform(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def assert_same(fetches, feeds, values, session=None, constants=None, rtol=1e-5):
    """The module gives what the session gives, and its parameters' gradients are tf.gradients'."""
    session = started() if session is None else session
    module = to_torch(fetches, feeds, session, constants)
    inputs = (
        dict(zip(feeds, values), **(constants or {})) if not constants else {**dict(zip(feeds, values)), **constants}
    )
    wanted = session.run(fetches, inputs)
    found = module(*map(torch.as_tensor, values))
    np.testing.assert_allclose(found.detach().numpy(), wanted, rtol=rtol, atol=1e-6)
    assert found.detach().numpy().dtype == wanted.dtype
    variables = [v for v in tf.trainable_variables() if v.op.name in module.tensorflow_names.values()]
    if variables:
        gradients = session.run(tf.gradients(fetches, variables), inputs)
        found.sum().backward()
        paths = {name: path for path, name in module.tensorflow_names.items()}
        for variable, gradient in zip(variables, gradients):
            mine = module.get_parameter(paths[variable.op.name]).grad.numpy()
            np.testing.assert_allclose(mine, gradient, rtol=1e-4, atol=1e-5, err_msg=variable.name)
    return module


def article(x):
    net = tf.reshape(x, [-1, 28, 28, 1])
    net = tf.layers.conv2d(net, 16, 5, padding="same", activation=tf.nn.relu, name="layer_conv1")
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.conv2d(net, 36, 5, padding="same", activation=tf.nn.relu, name="layer_conv2")
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.dense(tf.layers.flatten(net), 128, activation=tf.nn.relu, name="layer_fc1")
    return tf.layers.dense(net, 10, name="layer_fc_out")


def test_the_articles_network_reads_as_one_would_write_it():
    x = tf.placeholder(tf.float32, [None, 784], name="x")
    module = assert_same(tf.nn.softmax(article(x), name="y_pred"), [x], [uniform(3, 784)])
    lines = module.code.splitlines()
    assert lines[0] == "def forward(self, x):"
    assert lines[3] == "    layer_conv1_BiasAdd = layer_conv1_Conv2D + self.layer_conv1.bias"
    assert lines[4] == "    layer_conv1_Relu = torch.relu(layer_conv1_BiasAdd)"
    assert lines[-2] == "    y_pred = torch.softmax(layer_fc_out_BiasAdd, -1)"
    assert lines[-1] == "    return y_pred"
    ops = "reshape conv bias relu pool conv bias relu pool flatten matmul bias relu matmul bias softmax".split()
    assert len(lines) == 1 + len(ops) + 1


def test_parameters_have_tensorflows_names_and_a_state_dict_goes_back_in():
    x = tf.placeholder(tf.float32, [None, 784])
    logits = article(x)
    module = to_torch(logits, [x], started())
    assert sorted(name for name, _ in module.named_parameters()) == sorted(
        v.op.name.replace("/", ".") for v in tf.trainable_variables()
    )
    assert module.tensorflow_names["layer_conv1.kernel"] == "layer_conv1/kernel"
    assert (module.inputs, module.outputs) == (["Placeholder:0"], ["layer_fc_out/BiasAdd:0"])
    other = to_torch(logits, [x], started())
    other.load_state_dict(module.state_dict())
    batch = torch.rand(2, 784)
    assert torch.equal(other(batch), module(batch))
    assert copy.deepcopy(module).tensorflow_names == module.tensorflow_names


def test_a_torch_optimizer_trains_it_as_tensorflows_trains_the_graph():
    x, y = tf.placeholder(tf.float32, [None, 8]), tf.placeholder(tf.int64, [None])
    logits = tf.layers.dense(tf.layers.dense(x, 16, tf.nn.tanh), 3)
    loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    session = started()
    module = to_torch(loss, [x, y], session)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.5)
    images, labels = uniform(6, 8), np.array([0, 1, 2, 0, 1, 2])
    for _ in range(5):
        session.run(train, {x: images, y: labels})
        optimizer.zero_grad()
        module(torch.tensor(images), torch.tensor(labels)).backward()
        optimizer.step()
    wanted = session.run(loss, {x: images, y: labels})
    assert module(torch.tensor(images), torch.tensor(labels)).item() == pytest.approx(wanted, rel=1e-5)
