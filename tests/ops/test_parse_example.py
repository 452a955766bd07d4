"""`ParseExample` and `ParseSingleExample`, the nodes of 1.15's serving graphs, do as `ParseExampleV2` does."""

import numpy as np
import pytest

import undertow as tf


def example(**features):
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


@pytest.fixture
def examples():
    floats = [tf.train.Feature(float_list=tf.train.FloatList(value=v)) for v in ([1.0, 2.0], [3.0, 4.0])]
    numbers = tf.train.Feature(int64_list=tf.train.Int64List(value=[7, 8, 9]))
    return [example(a=floats[0], b=numbers), example(a=floats[1])]


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def test_a_batch_is_parsed(examples):
    found = tf.raw_ops.ParseExample(
        serialized=examples, names=tf.constant([], tf.string), sparse_keys=["b"], dense_keys=["a"],
        dense_defaults=[tf.constant([], tf.float32)], sparse_types=[tf.int64], dense_shapes=[[2]],
    )  # fmt: skip
    assert found.dense_values[0].shape.as_list() == [2, 2] and found.sparse_indices[0].shape.as_list() == [None, 2]
    with tf.Session() as session:
        found = session.run(found)
    np.testing.assert_array_equal(found.dense_values[0], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(found.sparse_indices[0], [[0, 0], [0, 1], [0, 2]])
    np.testing.assert_array_equal(found.sparse_values[0], [7, 8, 9])
    np.testing.assert_array_equal(found.sparse_shapes[0], [2, 3])


def test_one_example_is_parsed(examples):
    found = tf.raw_ops.ParseSingleExample(
        serialized=examples[0], dense_defaults=[tf.constant([], tf.float32)], num_sparse=1, sparse_keys=["b"],
        dense_keys=["a"], sparse_types=[tf.int64], dense_shapes=[[2]],
    )  # fmt: skip
    with tf.Session() as session:
        found = session.run(found)
    np.testing.assert_array_equal(found.dense_values[0], [1, 2])
    np.testing.assert_array_equal(found.sparse_indices[0], [[0], [1], [2]])
    np.testing.assert_array_equal(found.sparse_shapes[0], [3])
