"""Comparisons packed eight to a byte."""

from __future__ import annotations

import numpy as np
import pytest

import undertow as tf


def test_the_first_comparison_is_the_highest_bit_of_its_byte():
    values = np.float32([[1, -1, 0, 2, 0, 0, 0, 3], [0, 0, 0, 0, 0, 0, 0, 0]])
    packed = tf.raw_ops.CompareAndBitpack(input=values, threshold=0.0)
    assert packed.shape.as_list() == [2, 1]
    with tf.Session() as session:
        assert session.run(packed).tolist() == [[0b10010001], [0]]


def test_what_is_not_whole_bytes_is_refused():
    with pytest.raises(ValueError, match="evenly divisible by 8 but is 7"):
        tf.raw_ops.CompareAndBitpack(input=np.zeros([2, 7], np.float32), threshold=0.0)
