"""Transforms and signals: static shapes, and what they refuse. Values are in `tests/parity/cases/spectral.py`."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def test_half_of_a_real_transform_is_known_of_its_length():
    x = tf.placeholder(tf.float32, [None, 3, 8])
    assert tf.signal.rfft(x).shape.as_list() == [None, 3, 5]
    assert tf.signal.rfft2d(x, [4, 6]).shape.as_list() == [None, 4, 4]
    assert tf.signal.irfft(tf.cast(x, tf.complex64)).shape.as_list() == [None, 3, 14]
    assert tf.signal.rfft(x, tf.placeholder(tf.int32, [1])).shape.as_list() == [None, 3, None]


def test_dtypes_go_in_pairs():
    assert tf.signal.rfft(tf.zeros([4], tf.float64)).dtype == tf.complex128
    assert tf.signal.irfft(tf.zeros([4], tf.complex128)).dtype == tf.float64


def test_a_transform_wants_its_dimensions():
    with pytest.raises(ValueError, match="Shape must be at least rank 2 but is rank 1"):
        tf.fft2d(tf.zeros([4], tf.complex64))


def test_a_transform_of_nothing_is_nothing():
    with tf.Session() as session:
        assert session.run(tf.fft(tf.zeros([0], tf.complex64))).shape == (0,)
        assert session.run(tf.signal.rfft(tf.zeros([2, 0]))).shape == (2, 0)


def test_frames_of_unknown_signals_are_cut_in_the_run():
    x = tf.placeholder(tf.float32, [None])
    framed = tf.signal.frame(x, 3, 2, pad_end=True)
    with tf.Session() as session:
        assert session.run(framed, {x: np.arange(5.0)}).tolist() == [[0, 1, 2], [2, 3, 4], [4, 0, 0]]
    assert tf.signal.frame(tf.zeros([9]), 4, 3).shape.as_list() == [2, 4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"type": 5}, "Types I, II, III and IV"),
        ({"type": 1, "norm": "ortho"}, "Normalization is not supported for the Type-I DCT"),
        ({"norm": "other"}, "Unknown normalization"),
        ({"n": 0}, "n should be a positive integer or None"),
    ],
)
def test_a_cosine_transform_checks_its_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        tf.signal.dct(tf.zeros([4]), **arguments)


def test_mel_edges_rise_within_half_the_rate():
    for edges in ((-1.0, 100.0), (200.0, 100.0), (100.0, 9000.0)):
        with pytest.raises(ValueError, match="edge_hertz"):
            tf.signal.linear_to_mel_weight_matrix(lower_edge_hertz=edges[0], upper_edge_hertz=edges[1])
