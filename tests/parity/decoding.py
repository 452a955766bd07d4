"""What the cases of `tf.contrib.seq2seq` share: numbers, scopes, a layer of words, a decoder that is run."""

import numpy as np

VOCABULARY, START, END = 7, 1, 2
# Sines and cosines in float64: in float32 they are not the same in every NumPy.
X = np.sin(np.arange(24.0)).reshape(2, 4, 3).astype(np.float32)
MEMORY = np.cos(np.arange(60.0)).reshape(2, 5, 6).astype(np.float32)
TABLE = np.sin(np.arange(VOCABULARY * 3) * 1.7).reshape(VOCABULARY, 3).astype(np.float32)
LENGTHS, MEMORY_LENGTHS = [4, 2], [5, 3]


def scoped(tf, name="net"):
    return tf.variable_scope(name, initializer=tf.random_uniform_initializer(-0.9, 0.9, seed=5))


def alike(tf):
    """A scope whose initializers are one node: TensorFlow 1.15 builds the random ones of other ops than 2.21."""
    return tf.variable_scope("net", initializer=tf.constant_initializer(0.3))


def with_gradients(tf, fetches, of):
    loss = sum(tf.reduce_sum(tf.square(t)) for t in of)
    gradients = tf.gradients(loss, tf.trainable_variables())
    return [fetches, [g if g is None else tf.convert_to_tensor(g) for g in gradients]]


def scaled(tf, by=4.0, seed=11):
    """A layer whose choices differ from step to step."""
    kernel = tf.random_uniform_initializer(-by, by, seed=seed) if by else tf.constant_initializer(np.eye(5, VOCABULARY))
    return tf.layers.Dense(VOCABULARY, name="words", kernel_initializer=kernel)


def decoded(tf, cell, state=None, layer=None, helper=None, **options):
    seq2seq = tf.contrib.seq2seq
    helper = helper or seq2seq.TrainingHelper(tf.constant(X, name="x"), LENGTHS)
    decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32) if state is None else state, layer)
    return seq2seq.dynamic_decode(decoder, **options)
