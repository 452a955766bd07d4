"""What only a real GPU can show; `test_captured.py` has the rest on a pretended one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import undertow as tf
from undertow.runtime import captured, cuda

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
RUNS = 12


def _trained():
    """The losses of a small CNN's steps, its variables after them, and the graphs of the step's plan."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 784])
        y = tf.placeholder(tf.float32, [None, 10])
        net = tf.reshape(x, [-1, 28, 28, 1])
        for i, filters in enumerate((16, 36)):
            start = tf.glorot_uniform_initializer(i + 1)
            net = tf.layers.conv2d(net, filters, 5, padding="same", activation=tf.nn.relu, kernel_initializer=start)
            net = tf.layers.max_pooling2d(net, 2, 2, padding="same")
        net = tf.layers.flatten(net)
        net = tf.layers.dense(net, 128, tf.nn.relu, kernel_initializer=tf.glorot_uniform_initializer(3))
        logits = tf.layers.dense(net, 10, kernel_initializer=tf.glorot_uniform_initializer(4))
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(logits=logits, labels=y))
        train = tf.train.AdamOptimizer(1e-3).minimize(loss)
        session.run(tf.global_variables_initializer())
        random = np.random.RandomState(0)
        losses = []
        for _ in range(RUNS):
            images, labels = random.rand(64, 784), np.eye(10)[random.randint(0, 10, 64)]
            losses.append(session.run([loss, train], {x: images, y: labels})[0])
        graphs = [p.captured.graphs for key, p in session._plans.items() if p.captured is not None and key[2]]
        return losses, session.run(tf.trainable_variables()), graphs


@needs_cuda
def test_a_replayed_step_trains_as_one_that_is_not(monkeypatch):
    losses, variables, graphs = _trained()
    assert graphs == [1]
    monkeypatch.setattr(captured, "_COLD", RUNS)
    plain_losses, plain_variables, none = _trained()
    assert none == [0]
    np.testing.assert_allclose(losses, plain_losses, rtol=1e-4)
    for found, expected in zip(variables, plain_variables):
        np.testing.assert_allclose(found, expected, atol=2e-3)  # Adam makes much of what gradients near 0 are


@needs_cuda
def test_the_gpu_trains_as_the_processor_does(monkeypatch):
    losses, _, _ = _trained()
    monkeypatch.setattr("undertow.runtime.engine.accelerator", lambda: None)
    np.testing.assert_allclose(losses, _trained()[0], rtol=1e-3)


@needs_cuda
def test_waiting_for_the_device_is_seen():
    device = cuda.Cuda(torch.device("cuda", 0))
    value = torch.ones(3, device="cuda")
    assert device.watch(lambda: value.sum())[1] is False
    assert device.watch(lambda: float(value.sum()))[1] is True


@needs_cuda
def test_a_recording_does_nothing_and_its_replay_does():
    value = torch.ones(2, device="cuda")
    replay, result = cuda.Cuda(torch.device("cuda", 0)).record(lambda: value.add_(1) * 2)
    assert value.tolist() == [1, 1]
    replay()
    replay()
    assert value.tolist() == [3, 3] and result.tolist() == [6, 6]


@needs_cuda
def test_what_cannot_be_recorded_leaves_the_device_as_it_was():
    device, value = cuda.Cuda(torch.device("cuda", 0)), torch.ones(2, device="cuda")
    with pytest.raises(RuntimeError):
        device.record(lambda: value.add_(float(value.sum())))
    assert value.tolist() == [1, 1]
    replay, _ = device.record(lambda: value.add_(1))
    replay()
    assert value.tolist() == [2, 2]


@needs_cuda
def test_what_is_fed_may_change_at_once():
    places = cuda.Staging([torch.zeros(1000), torch.zeros(3, dtype=torch.int64)], torch.device("cuda", 0))
    found = []
    for i in range(20):
        floats, numbers = torch.full((1000,), float(i)), torch.full((3,), i)
        places.fill([floats, numbers])
        floats.zero_()
        numbers.zero_()
        found.append([place.clone() for place in places.tensors])
    for i, (floats, numbers) in enumerate(found):
        assert floats.eq(i).all() and numbers.eq(i).all()


@pytest.mark.parametrize(("tf32", "autotune"), [("", ""), ("1", "0")])
def test_float32_is_float32_unless_tf32_is_asked_for(tf32, autotune, monkeypatch):
    backends = torch.backends
    before = backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32, backends.cudnn.benchmark
    for name, value in (("UNDERTOW_TF32", tf32), ("TF_CUDNN_USE_AUTOTUNE", autotune)):
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
    try:
        cuda.settle()
        assert backends.cuda.matmul.allow_tf32 is backends.cudnn.allow_tf32 is bool(tf32)
        assert backends.cudnn.benchmark is not bool(autotune)
    finally:
        backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32, backends.cudnn.benchmark = before
