"""Accumulators: what is gathered, what is dropped, what is refused. Numbers by hand."""

from __future__ import annotations

import numpy as np
import pytest

import undertow as tf


def test_the_mean_of_dense_gradients_is_taken_and_none_is_left():
    accumulator = tf.ConditionalAccumulator(tf.float32, shape=[2])
    adds = [accumulator.apply_grad(g) for g in ([1.0, 2.0], [3.0, 6.0])]
    with tf.Session() as session:
        session.run(adds)
        assert session.run(accumulator.take_grad(2)).tolist() == [2, 4]
        assert session.run(accumulator.num_accumulated()) == 0


def test_gradients_of_a_step_before_the_accumulators_are_dropped():
    accumulator = tf.ConditionalAccumulator(tf.float32, shape=[], reduction_type="SUM")
    with tf.Session() as session:
        session.run(accumulator.set_global_step(2))
        session.run(accumulator.apply_grad(1.0, local_step=1))
        session.run(accumulator.apply_grad(5.0, local_step=2))
        assert session.run(accumulator.take_grad(1)) == 5
        session.run(accumulator.apply_grad(5.0, local_step=2))  # taking made the step 3
        assert session.run(accumulator.num_accumulated()) == 0


def test_the_mean_of_a_sparse_row_is_over_the_gradients_that_have_it():
    accumulator = tf.SparseConditionalAccumulator(tf.float32, shape=[4, 2])
    adds = [
        accumulator.apply_indexed_slices_grad(tf.IndexedSlices(np.float32([[1, 0], [0, 2]]), [0, 1])),
        accumulator.apply_grad([0, 2], np.float32([[0, 1], [3, 0]])),
    ]
    with tf.Session() as session:
        session.run(adds)
        taken = session.run(accumulator.take_indexed_slices_grad(2))
    assert taken.indices.tolist() == [0, 1, 2]
    assert taken.values.tolist() == [[0.5, 0.5], [0, 2], [3, 0]]
    assert taken.dense_shape.tolist() == [4, 2]


def test_what_cannot_be_gathered_is_refused():
    accumulator = tf.SparseConditionalAccumulator(tf.float32, shape=[3, 2])
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="index of slice 0 exceeded limits of shape"):
            session.run(accumulator.apply_grad([5], np.float32([[1, 2]])))
        with pytest.raises(tf.errors.InvalidArgumentError, match="num_required must be positive"):
            session.run(accumulator.take_grad(0))
    with pytest.raises(ValueError, match="reduction_type"):
        tf.ConditionalAccumulator(tf.float32, reduction_type="MAX")
    with pytest.raises(ValueError, match="incompatible"):
        tf.ConditionalAccumulator(tf.float32, shape=[1]).apply_grad([1.0, 2.0])


def test_taking_goes_after_what_the_same_run_adds():
    accumulator = tf.ConditionalAccumulator(tf.float32, shape=[])
    taken = accumulator.take_grad(1)
    add = accumulator.apply_grad(4.0)
    with tf.Session() as session:
        assert session.run([taken, add])[0] == 4
