"""The workloads, each for its three sides: a TensorFlow 1 program that runs on Undertow and on TensorFlow, and PyTorch.

Run by `run.py`, in a process of its own for each: `programs.py SIDE WORKLOAD` prints seconds, one a line.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

BATCH = 64
TEST_BATCH = 256


def timed(step: Callable[[], object], count: int, warm: int) -> list[float]:
    """The seconds of each of `count` calls after `warm` that are not counted."""
    for _ in range(warm):
        step()
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds


def tensorflow_1(side: str):
    """The `tf` of a side."""
    if side == "undertow":
        import undertow as tf

        return tf
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import warnings

    warnings.simplefilter("ignore")
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.ERROR)
    return tf


def article(tf):
    """The article's network: placeholders, training op, predicted class."""
    x = tf.placeholder(tf.float32, [None, 784], name="x")
    y = tf.placeholder(tf.float32, [None, 10], name="y_true")
    net = tf.reshape(x, [-1, 28, 28, 1])
    for name, filters in (("layer_conv1", 16), ("layer_conv2", 36)):
        net = tf.layers.conv2d(net, filters, 5, padding="same", activation=tf.nn.relu, name=name)
        net = tf.layers.max_pooling2d(net, 2, 2, padding="same")
    net = tf.layers.flatten(net)
    net = tf.layers.dense(net, 128, activation=tf.nn.relu, name="layer_fc1")
    logits = tf.layers.dense(net, 10, name="layer_fc2")
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=y))
    train = tf.train.AdamOptimizer(1e-4).minimize(loss)
    return x, y, train, tf.argmax(tf.nn.softmax(logits), axis=1)


def batch(size: int):
    import numpy as np

    random = np.random.RandomState(0)
    return random.rand(size, 784).astype("float32"), np.eye(10, dtype="float32")[random.randint(0, 10, size)]


def on_tensorflow(side: str, workload: str) -> list[float]:
    start = time.perf_counter()
    tf = tensorflow_1(side)
    if workload == "empty run":
        one = tf.constant(1.0)
        session = tf.Session()
        return [statistics.mean(timed(lambda: session.run(one), 2000, 200))]
    x, y, train, predicted = article(tf)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    images, labels = batch(BATCH)
    if workload == "import and first step":
        session.run(train, {x: images, y: labels})
        return [time.perf_counter() - start]
    if workload == "training step":
        return timed(lambda: session.run(train, {x: images, y: labels}), 60, 20)
    images, _ = batch(TEST_BATCH)
    return timed(lambda: session.run(predicted, {x: images}), 40, 10)


def on_pytorch(workload: str) -> list[float]:
    """What one would write by hand: eager, channels_last, the fused Adam."""
    start = time.perf_counter()
    import torch
    from torch import nn

    def conv(channels: int, filters: int) -> list[nn.Module]:
        return [nn.Conv2d(channels, filters, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)]

    head = [nn.Flatten(), nn.Linear(1764, 128), nn.ReLU(), nn.Linear(128, 10)]
    model = nn.Sequential(*conv(1, 16), *conv(16, 36), *head).to(memory_format=torch.channels_last)
    adam = torch.optim.Adam(model.parameters(), 1e-4, fused=True)
    loss_function = nn.CrossEntropyLoss()
    images, labels = batch(BATCH)

    def step() -> None:
        inputs = torch.from_numpy(images).view(-1, 1, 28, 28).contiguous(memory_format=torch.channels_last)
        adam.zero_grad(set_to_none=True)
        loss_function(model(inputs), torch.from_numpy(labels)).backward()
        adam.step()

    if workload == "import and first step":
        step()
        return [time.perf_counter() - start]
    if workload == "training step":
        return timed(step, 60, 20)
    images, _ = batch(TEST_BATCH)

    def infer() -> object:
        with torch.no_grad():
            inputs = torch.from_numpy(images).view(-1, 1, 28, 28).contiguous(memory_format=torch.channels_last)
            return model(inputs).argmax(1).numpy()

    return timed(infer, 40, 10)


if __name__ == "__main__":
    side, workload = sys.argv[1:]
    found = on_pytorch(workload) if side == "pytorch" else on_tensorflow(side, workload)
    print(*found, sep="\n")
