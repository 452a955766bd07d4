"""`tf.compat`."""

import pathlib

import numpy as np
import pytest

import undertow as tf


def test_text_and_bytes_become_each_other():
    assert tf.compat.as_bytes("é") == tf.compat.as_bytes(b"\xc3\xa9") == tf.compat.as_bytes(bytearray(b"\xc3\xa9"))
    assert tf.compat.as_text(b"\xc3\xa9") == tf.compat.as_str("é") == "é"
    assert tf.compat.as_bytes("é", "latin1") == b"\xe9"


def test_what_is_neither_text_nor_bytes_is_a_type_error():
    for function in (tf.compat.as_bytes, tf.compat.as_text, tf.compat.as_str):
        with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
            function(3)


def test_anything_can_be_text():
    assert [tf.compat.as_str_any(v) for v in (b"a", "b", 3)] == ["a", "b", "3"]
    assert tf.compat.path_to_str(pathlib.Path("a/b")) == "a/b"
    assert tf.compat.path_to_str(3) == 3


def test_the_kinds_of_numbers_are_pythons_and_numpys():
    assert isinstance(np.int8(1), tf.compat.integral_types) and isinstance(1, tf.compat.integral_types)
    assert isinstance(np.float16(1), tf.compat.real_types) and not isinstance(1j, tf.compat.real_types)
    assert isinstance(np.complex64(1), tf.compat.complex_types)
    assert isinstance("a", tf.compat.bytes_or_text_types) and isinstance(b"a", tf.compat.bytes_or_text_types)


def test_dimensions_are_the_same_in_both_kinds_of_shapes():
    shape = tf.TensorShape([2, None])
    assert [tf.compat.dimension_value(shape[i]) for i in (0, 1)] == [2, None]
    assert tf.compat.dimension_at_index(shape, 0) == tf.Dimension(2)


def test_what_is_written_may_be_read_by_a_tensorflow_of_the_day_of_1_15():
    assert tf.compat.forward_compatible(2019, 1, 1)
    assert not tf.compat.forward_compatible(2030, 1, 1)
    with tf.compat.forward_compatibility_horizon(2030, 1, 2):
        assert tf.compat.forward_compatible(2030, 1, 1)


def test_v1_is_tf_itself_and_v2_is_not_built():
    assert tf.compat.v1 is tf
    with pytest.raises(AttributeError, match=r"tf\.compat\.v2 is not built in Undertow"):
        tf.compat.v2
