"""An LSTM of 128 units over 50 steps of 64 features, batch 32: classifies the last output, Adam."""

from __future__ import annotations

BATCH, STEPS, FEATURES, UNITS, CLASSES = 32, 50, 64, 128, 10


def batch():
    import numpy as np

    random = np.random.RandomState(0)
    return random.rand(BATCH, STEPS, FEATURES).astype("float32"), random.randint(0, CLASSES, BATCH)


def tensorflow_1(tf):
    x = tf.placeholder(tf.float32, [None, STEPS, FEATURES])
    y = tf.placeholder(tf.int64, [None])
    cell = tf.nn.rnn_cell.BasicLSTMCell(UNITS)
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    kernel = tf.get_variable("head/kernel", [UNITS, CLASSES])
    bias = tf.get_variable("head/bias", [CLASSES], initializer=tf.zeros_initializer())
    logits = tf.matmul(outputs[:, -1], kernel) + bias
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    train = tf.train.AdamOptimizer(1e-3).minimize(loss)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    inputs, labels = batch()
    return lambda: session.run(train, {x: inputs, y: labels})


def pytorch():
    import torch
    from torch import nn

    lstm, head = nn.LSTM(FEATURES, UNITS, batch_first=True), nn.Linear(UNITS, CLASSES)
    adam = torch.optim.Adam([*lstm.parameters(), *head.parameters()], 1e-3, fused=True)
    loss_function = nn.CrossEntropyLoss()
    inputs, labels = batch()

    def step() -> None:
        adam.zero_grad(set_to_none=True)
        outputs, _ = lstm(torch.from_numpy(inputs))
        loss_function(head(outputs[:, -1]), torch.from_numpy(labels)).backward()
        adam.step()

    return step
