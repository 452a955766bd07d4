"""What TensorArrays refuse, and what is known of their shapes. Numbers are held to TensorFlow's in tests/parity."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def fails(tensor, sentence, error=tf.errors.InvalidArgumentError):
    with tf.Session() as session, pytest.raises(error, match=sentence):
        session.run(tensor)


def test_a_handle_goes_with_nothing_else():
    made = tf.TensorArray(tf.float32, 2)
    for told in ({"size": 3}, {"element_shape": [2]}, {"dynamic_size": True}, {"clear_after_read": True}):
        with pytest.raises(ValueError, match="Cannot provide both"):
            tf.TensorArray(tf.float32, handle=made.handle, **told)
    with pytest.raises(ValueError, match="`size` must be provided"):
        tf.TensorArray(tf.float32)
    with pytest.raises(TypeError, match="Expected `handle` to be a Tensor"):
        tf.TensorArray(tf.float32, handle=1)


def test_elements_of_another_shape_are_refused_while_building():
    array = tf.TensorArray(tf.float32, 2).write(0, [1.0, 2.0])
    with pytest.raises(ValueError, match=r"Inconsistent shapes: saw \(3,\) but expected \(2,\)"):
        array.write(1, [1.0, 2.0, 3.0])
    tf.TensorArray(tf.float32, 2, infer_shape=False).write(0, [1.0]).write(1, [1.0, 2.0])


def test_elements_of_another_shape_are_refused_while_running():
    x = tf.placeholder_with_default([[1.0]], None)
    array = tf.TensorArray(tf.float32, 2).write(0, tf.placeholder_with_default([1.0], None)).write(1, x)
    fails(array.flow, r"value shape is \[1,1\] which is incompatible .* element shape: \[1\]")


def test_an_element_is_read_once_unless_it_is_kept():
    array = tf.TensorArray(tf.float32, 1, name="once").write(0, 1.0)
    fails([array.read(0), array.read(0)], "TensorArray once: Could not read index 0 twice")
    kept = tf.TensorArray(tf.float32, 1, clear_after_read=False).write(0, 1.0)
    with tf.Session() as session:
        assert session.run([kept.read(0), kept.read(0)]) == [1.0, 1.0]


def test_an_element_is_written_once():
    array = tf.TensorArray(tf.float32, 1).write(0, 1.0)
    fails(array.write(0, 2.0).flow, "Could not write to TensorArray index 0 because it has already been written to")


def test_what_was_never_written_reads_as_zeros_of_the_known_shape():
    array = tf.TensorArray(tf.float32, 3).write(1, [1.0, 2.0])
    with tf.Session() as session:
        assert session.run(array.read(0)).tolist() == [0.0, 0.0]
    fails(tf.TensorArray(tf.float32, 3).read(0), "the element shape is not fully defined: <unknown>")


def test_the_size_bounds_reads_and_writes_unless_it_is_dynamic():
    array = tf.TensorArray(tf.float32, 2, name="a").write(0, 1.0)
    fails(array.read(5), "Tried to read from index 5 but array size is: 2")
    fails(array.write(7, 1.0).flow, "Tried to write to index 7 but array is not resizeable and size is: 2")
    grown = tf.TensorArray(tf.float32, 0, dynamic_size=True).write(3, 1.0)
    with tf.Session() as session:
        assert session.run([grown.size(), grown.stack()])[1].tolist() == [0.0, 0.0, 0.0, 1.0]


def test_a_write_shows_again_in_every_run():
    array = tf.TensorArray(tf.float32, 2, clear_after_read=False).write(0, 1.0)
    whole = array.write(1, 2.0).stack()
    with tf.Session() as session:
        for _ in range(3):
            assert session.run(whole).tolist() == [1.0, 2.0]


def test_a_closed_array_is_of_no_use():
    array = tf.TensorArray(tf.float32, 2)
    with tf.control_dependencies([array.close()]):
        written = array.write(0, 1.0)
    fails(written.flow, "has already been closed")


def test_parts_must_fit_the_array():
    x = tf.placeholder_with_default([1.0, 2.0, 3.0], None)
    array = tf.TensorArray(tf.float32, 2, infer_shape=False)
    fails(array.split(x, [1, 3]).flow, "Expected sum of lengths to be equal to values.shape")
    fails(tf.TensorArray(tf.float32, 3).split(x, [1, 2]).flow, r"not equal to the size of lengths \(3 vs. 2\)")
    fails(tf.TensorArray(tf.float32, 2).unstack(x).flow, r"Max scatter index must be < array size \(2 vs. 2\)")
    fails(tf.TensorArray(tf.float32, -1).flow, "Size should be >= 0")
    fails(
        tf.TensorArray(tf.float32, 0).stack(),
        "has size zero, but element shape <unknown>",
        tf.errors.UnimplementedError,
    )


def test_static_shapes_follow_the_elements():
    array = tf.TensorArray(tf.float32, 2, clear_after_read=False).unstack(tf.ones([2, 3]))
    assert array.read(0).shape.as_list() == [3]
    assert array.stack().shape.as_list() == [2, 3]
    assert array.concat().shape.as_list() == [6]
    assert array.element_shape.as_list() == [3]
    parts = tf.TensorArray(tf.float32, 2).split(tf.ones([5, 3]), [2, 3])
    assert parts.element_shape.as_list() == [None, 3]
