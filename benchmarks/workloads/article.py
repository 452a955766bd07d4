"""The article's small CNN for MNIST: two convolutions with max-pools, two dense layers, Adam."""

from __future__ import annotations

BATCH = 64
TEST_BATCH = 256
STEPS = 10_000  # the article's whole training


def batch(size: int):
    import numpy as np

    random = np.random.RandomState(0)
    return random.rand(size, 784).astype("float32"), np.eye(10, dtype="float32")[random.randint(0, 10, size)]


def _network(tf):
    """Placeholders, training op, predicted class; the session, its variables set."""
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
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return x, y, train, tf.argmax(tf.nn.softmax(logits), axis=1), session


def tensorflow_1(tf):
    x, y, train, _, session = _network(tf)
    images, labels = batch(BATCH)
    return lambda: session.run(train, {x: images, y: labels})


def inference_tensorflow_1(tf):
    x, _, _, predicted, session = _network(tf)
    images, _ = batch(TEST_BATCH)
    return lambda: session.run(predicted, {x: images})


def _epoch():
    """Another batch for each of some steps, as the article's program feeds them."""
    import numpy as np

    images, labels = batch(100 * BATCH)
    order = np.random.RandomState(1).permutation(100 * BATCH).reshape(100, BATCH)
    return [(images[rows], labels[rows]) for rows in order]


def whole_tensorflow_1(tf):
    x, y, train, predicted, session = _network(tf)
    batches = _epoch()

    def train_all() -> object:
        for i in range(STEPS):
            images, labels = batches[i % len(batches)]
            session.run(train, {x: images, y: labels})
        return session.run(predicted, {x: batches[0][0]})  # after which the device has done all of it

    return train_all


def _model():
    import torch
    from torch import nn

    def conv(channels: int, filters: int) -> list[nn.Module]:
        return [nn.Conv2d(channels, filters, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)]

    head = [nn.Flatten(), nn.Linear(1764, 128), nn.ReLU(), nn.Linear(128, 10)]
    return nn.Sequential(*conv(1, 16), *conv(16, 36), *head).to(memory_format=torch.channels_last)


def whole_pytorch():
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = _model().to(device)
    adam = torch.optim.Adam(model.parameters(), 1e-4, fused=True)
    loss_function = torch.nn.CrossEntropyLoss()
    batches = _epoch()

    def train_all() -> object:
        for i in range(STEPS):
            images, labels = batches[i % len(batches)]
            adam.zero_grad(set_to_none=True)
            loss = loss_function(model(_inputs(images).to(device)), torch.from_numpy(labels).to(device))
            loss.backward()
            adam.step()
        return loss.item()

    return train_all


def _inputs(images):
    import torch

    return torch.from_numpy(images).view(-1, 1, 28, 28).contiguous(memory_format=torch.channels_last)


def pytorch():
    import torch

    model = _model()
    adam = torch.optim.Adam(model.parameters(), 1e-4, fused=True)
    loss_function = torch.nn.CrossEntropyLoss()
    images, labels = batch(BATCH)

    def step() -> None:
        adam.zero_grad(set_to_none=True)
        loss_function(model(_inputs(images)), torch.from_numpy(labels)).backward()
        adam.step()

    return step


def inference_pytorch():
    import torch

    model = _model()
    images, _ = batch(TEST_BATCH)

    def infer() -> object:
        with torch.no_grad():
            return model(_inputs(images)).argmax(1).numpy()

    return infer
