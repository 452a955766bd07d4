"""Train a small convolutional network on MNIST with `tf.layers`, and look inside it.

    undertow run examples/mnist_layers.py --steps 10000 --out out --seed 1

The network: two convolutions of 5 x 5 (16 and 36 filters), each followed by a pool of 2 x 2, then 128 units, then 10.
"""

import argparse
import sys
import time
from collections import namedtuple
from pathlib import Path

import numpy as np
import tensorflow as tf
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from tensorflow.examples.tutorials.mnist import input_data

from undertow.inspect import (
    confusion_matrix,
    plot_confusion_matrix,
    plot_errors,
    plot_filters,
    plot_images,
    plot_outputs,
    save_figure,
)

SIDE, CLASSES = 28, 10
TRAIN_BATCH, TEST_BATCH = 64, 256
LEARNING_RATE = 1e-4
LOOKED_AT = (0, 13)  # test images whose way through the network is drawn

Network = namedtuple("Network", "image label prediction accuracy train")


def build():
    """The network, its accuracy on a batch, and the operation that trains it."""
    image = tf.placeholder(tf.float32, [None, SIDE * SIDE], name="image")
    label = tf.placeholder(tf.float32, [None, CLASSES], name="label")

    net = tf.reshape(image, [-1, SIDE, SIDE, 1])
    net = tf.layers.conv2d(net, 16, 5, padding="same", activation=tf.nn.relu, name="conv1")
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.conv2d(net, 36, 5, padding="same", activation=tf.nn.relu, name="conv2")
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.flatten(net)
    net = tf.layers.dense(net, 128, activation=tf.nn.relu, name="dense1")
    logits = tf.layers.dense(net, CLASSES, name="dense2")

    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=label, logits=logits))
    train = tf.train.AdamOptimizer(LEARNING_RATE).minimize(loss)
    prediction = tf.argmax(logits, axis=1)
    right = tf.equal(prediction, tf.argmax(label, axis=1))
    accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
    return Network(image, label, prediction, accuracy, train)


def train(session, network, data, steps):
    """Take `steps` steps, with a bar; every 100 the accuracy on the batch just learned from is shown beside it."""
    columns = (
        TextColumn("Training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("batch accuracy {task.fields[accuracy]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as progress:
        bar = progress.add_task("train", total=steps, accuracy="–")
        for step in range(1, steps + 1):
            images, labels = data.next_batch(TRAIN_BATCH)
            feeds = {network.image: images, network.label: labels}
            session.run(network.train, feeds)
            progress.advance(bar)
            if step % 100 == 0 or step == steps:
                accuracy = f"{session.run(network.accuracy, feeds):6.1%}"
                progress.update(bar, accuracy=accuracy)
                if step % 1000 == 0:
                    progress.console.print(f"step {step:>6,}: batch accuracy {accuracy}", highlight=False)


def predict(session, network, images):
    """The class of each image."""
    batches = (images[start : start + TEST_BATCH] for start in range(0, len(images), TEST_BATCH))
    return np.concatenate([session.run(network.prediction, {network.image: batch}) for batch in batches])


def draw(session, network, images, labels, predictions, seed):
    """Every picture, by the name of its file."""
    yield "images.png", plot_images(images[:9], labels[:9], title="Test images")
    yield "errors.png", plot_errors(images, labels, predictions, seed=seed)
    yield "confusion_matrix.png", plot_confusion_matrix(labels, predictions)
    for layer in ("conv1", "conv2"):
        yield f"{layer}_filters.png", plot_filters(session, layer)
        for number in LOOKED_AT:
            feeds = {network.image: images[number : number + 1]}
            title = f"{layer}: what it makes of test image {number}, a {labels[number]}"
            yield f"{layer}_outputs_image{number}.png", plot_outputs(session, layer, feeds, title=title)


class OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one sentence."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def arguments():
    parser = OneSentenceParser(prog="mnist_layers.py", description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=10000, help="training steps of 64 images (default: 10000)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures (default: out)")
    parser.add_argument("--seed", type=int, help="makes a run repeatable")
    options = parser.parse_args()
    if options.steps < 1:
        parser.error(f"--steps must be at least 1, not {options.steps}")
    if options.seed is not None and not 0 <= options.seed < 2**31 - 1:
        parser.error(f"--seed must be from 0 to {2**31 - 2}, not {options.seed}")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out {options.out} cannot be made a folder: {error.strerror}")
    return options


def main():
    options = arguments()
    if options.seed is not None:
        tf.set_random_seed(options.seed)
    data = input_data.read_data_sets("MNIST_data", one_hot=True, seed=options.seed)
    print(f"{data.train.num_examples:,} images to train, {data.test.num_examples:,} to test")

    network = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        started = time.perf_counter()
        train(session, network, data.train, options.steps)
        seconds = time.perf_counter() - started
        print(f"Trained {options.steps:,} steps in {seconds:.1f} s ({1000 * seconds / options.steps:.2f} ms a step)")

        labels = data.test.labels.argmax(axis=1)
        predictions = predict(session, network, data.test.images)
        right = int((predictions == labels).sum())
        print(f"Test accuracy: {right / len(labels):.2%} ({right:,} of {len(labels):,})")
        print("Confusion matrix (rows: true class, columns: predicted class):")
        print(confusion_matrix(labels, predictions, CLASSES))

        for name, figure in draw(session, network, data.test.images, labels, predictions, options.seed):
            save_figure(figure, options.out / name)
            print(f"Wrote {options.out / name}")


if __name__ == "__main__":
    sys.exit(main())
