"""tf.TensorSpec and tf.SparseTensorSpec."""

from __future__ import annotations

import undertow as tf


def test_specs_of_one_shape_and_dtype_are_equal():
    spec = tf.TensorSpec([None, 3], tf.float32)
    assert spec == tf.TensorSpec(tf.TensorShape([None, 3]))
    assert hash(spec) == hash(tf.TensorSpec([None, 3]))
    assert spec != tf.TensorSpec([2, 3])
    assert spec != tf.SparseTensorSpec([None, 3])
    assert tf.SparseTensorSpec([2], "int32") == tf.SparseTensorSpec([2], tf.int32)


def test_a_spec_prints_what_it_is_of():
    assert repr(tf.TensorSpec([None, 3], name="x")) == "TensorSpec(shape=(?, 3), dtype=tf.float32, name='x')"


def test_a_spec_of_a_tensor_has_its_name_and_fits_it():
    with tf.Graph().as_default():
        tensor = tf.zeros([2, 3], name="x")
        spec = tf.TensorSpec.from_tensor(tensor)
        assert (spec.shape.as_list(), spec.dtype, spec.name) == ([2, 3], tf.float32, "x")
        assert tf.TensorSpec([None, 3]).is_compatible_with(tensor)
        assert not tf.TensorSpec([None, 4]).is_compatible_with(tensor)
        assert tf.TensorSpec.from_spec(spec, name="y").name == "y"
