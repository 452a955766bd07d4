"""DTypes."""

import numpy as np
import pytest

import undertow as tf

# name: (number in protobufs, bytes an element)
KNOWN = {
    "float32": (1, 4), "float64": (2, 8), "int32": (3, 4), "uint8": (4, 1), "int16": (5, 2), "int8": (6, 1),
    "complex64": (8, 8), "int64": (9, 8), "bool": (10, 1), "bfloat16": (14, 2), "uint16": (17, 2),
    "complex128": (18, 16), "float16": (19, 2), "uint32": (22, 4), "uint64": (23, 8),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_a_dtype_has_its_number_size_and_spellings(name):
    dtype = getattr(tf, name)
    assert (dtype.as_datatype_enum, dtype.size) == KNOWN[name]
    assert (dtype.name, str(dtype), repr(dtype)) == (name, f"<dtype: '{name}'>", f"tf.{name}")
    assert tf.as_dtype(name) is tf.as_dtype(KNOWN[name][0]) is tf.as_dtype(dtype.as_numpy_dtype) is dtype


def test_old_spellings_are_the_same_dtypes():
    assert tf.double is tf.float64
    assert tf.half is tf.float16
    for value, dtype in {"float": tf.float32, "double": tf.float64, "half": tf.float16, float: tf.float32}.items():
        assert tf.as_dtype(value) is dtype
    assert tf.as_dtype(bool) is tf.bool
    assert tf.as_dtype(object) is tf.as_dtype(np.dtype("S3")) is tf.string


def test_kinds_do_not_overlap():
    kinds = ("is_floating", "is_integer", "is_complex", "is_bool")
    for name in KNOWN:
        assert sum(getattr(getattr(tf, name), kind) for kind in kinds) == 1
    assert (tf.uint8.is_unsigned, tf.int8.is_unsigned) == (True, False)
    assert tf.qint8.is_quantized
    assert not tf.qint8.is_integer


def test_a_dtype_equals_what_means_it():
    assert tf.float32 == "float32"
    assert tf.float32 == np.float32
    assert tf.float32 == 1
    assert tf.float32 != tf.float64
    assert tf.float32 != None  # noqa: E711
    assert hash(tf.float32) == hash(tf.as_dtype("float32"))


def test_a_reference_is_another_dtype_of_the_same_values():
    ref = tf.float32._as_ref
    assert (ref.name, ref.base_dtype, ref._is_ref_dtype) == ("float32_ref", tf.float32, True)
    assert tf.as_dtype("float32_ref") is tf.as_dtype(101) is ref
    assert ref != tf.float32
    assert tf.float32.is_compatible_with(ref)
    assert not ref.is_compatible_with(tf.float32)


def test_smallest_and_largest_values():
    assert (tf.uint8.min, tf.uint8.max) == (0, 255)
    assert (tf.int64.min, tf.int64.max) == (-(2**63), 2**63 - 1)
    assert tf.float16.max == 65504
    for dtype in (tf.string, tf.complex64):
        with pytest.raises(TypeError, match="Cannot find m"):
            dtype.min


def test_limits_are_those_of_light_in_an_image():
    assert [d.limits for d in (tf.uint8, tf.int8, tf.float32)] == [(0, 255), (0, 127), (0, 1)]


def test_a_complex_dtype_has_a_real_one():
    assert (tf.complex64.real_dtype, tf.complex128.real_dtype) == (tf.float32, tf.float64)


@pytest.mark.parametrize("value", ["foo", None, 999, [1]])
def test_what_is_no_dtype_is_refused(value):
    with pytest.raises(TypeError, match="to a TensorFlow DType"):
        tf.as_dtype(value)
