"""Space traded for batch by the older ops, which only `raw_ops` still make."""

import numpy as np
import pytest

import undertow as tf


def test_the_older_ops_trade_as_those_of_any_rank():
    with tf.Graph().as_default(), tf.Session() as session:
        image = [[[[1], [2]], [[3], [4]]]]
        batch = tf.raw_ops.SpaceToBatch(input=image, paddings=[[0, 0], [0, 0]], block_size=2)
        space = tf.raw_ops.BatchToSpace(input=batch, crops=[[0, 0], [0, 0]], block_size=2)
        assert [batch.shape.as_list(), space.shape.as_list()] == [[4, 1, 1, 1], [1, 2, 2, 1]]
        found = session.run([batch, space])
        assert [found[0].reshape(-1).tolist(), found[1].tolist()] == [[1, 2, 3, 4], image]


def test_images_have_four_axes():
    with tf.Graph().as_default(), tf.Session() as session:
        flat = tf.placeholder_with_default(np.ones((2, 2)), None)
        batch = tf.raw_ops.SpaceToBatch(input=flat, paddings=[[0, 0], [0, 0]], block_size=2)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Input rank should be: 4 instead of: 2"):
            session.run(batch)
