"""tf.data.Iterator: where a session is in a dataset, and what goes wrong on the way."""

from __future__ import annotations

import numpy as np
import pytest

import undertow as tf


def test_an_iterator_must_be_initialized_before_and_can_be_again():
    iterator = tf.data.Dataset.range(3).make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError, match="iterator has not been initialized"):
            session.run(element)
        session.run(iterator.initializer)
        assert [session.run(element) for _ in range(2)] == [0, 1]
        session.run(iterator.initializer)
        assert session.run(element) == 0


def test_the_end_is_out_of_range_again_and_again():
    element = tf.data.Dataset.range(1).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        session.run(element)
        for _ in range(2):
            with pytest.raises(tf.errors.OutOfRangeError, match="End of sequence") as raised:
                session.run(element)
            assert raised.value.op is element.op


def test_two_sessions_are_at_their_own_elements():
    element = tf.data.Dataset.range(3).make_one_shot_iterator().get_next()
    with tf.Session() as first, tf.Session() as second:
        assert [first.run(element), first.run(element), second.run(element)] == [0, 1, 0]


def test_two_get_next_ops_of_one_run_take_two_elements():
    iterator = tf.data.Dataset.range(4).make_one_shot_iterator()
    pair = iterator.get_next(), iterator.get_next()
    with tf.Session() as session:
        assert sorted(session.run(pair)) == [0, 1]


def test_what_depends_on_a_run_sees_one_element():
    element = tf.data.Dataset.range(4).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run((element, element + 10)) == (0, 10)


def test_placeholders_are_fed_to_the_initializer():
    values = tf.placeholder(tf.float32, [None])
    iterator = tf.data.Dataset.from_tensor_slices(values).map(lambda x: x * 2).make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        fed = np.array([1, 2], np.float32)
        session.run(iterator.initializer, {values: fed})
        fed[:] = 0  # it was taken in when the iterator was made
        assert [session.run(element) for _ in range(2)] == [2, 4]
        with pytest.raises(tf.errors.InvalidArgumentError, match="must feed a value for placeholder"):
            session.run(iterator.initializer)


def test_a_variable_has_the_value_that_it_had_when_the_iterator_was_made():
    factor = tf.Variable(2.0)
    iterator = tf.data.Dataset.from_tensors(1.0).repeat().map(lambda x: x * factor).make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        session.run(factor.initializer)
        session.run(iterator.initializer)
        session.run(factor.assign(5.0))
        assert session.run(element) == 2.0
        session.run(iterator.initializer)
        assert session.run(element) == 5.0


def test_a_one_shot_iterator_takes_no_placeholder_and_no_variable():
    with pytest.raises(ValueError, match=r"Cannot capture a placeholder \(name:x, type:Placeholder\) by value"):
        tf.data.Dataset.from_tensors(tf.placeholder(tf.float32, name="x")).make_one_shot_iterator()
    with pytest.raises(ValueError, match=r"Cannot capture a stateful node \(name:v, type:VariableV2\) by value"):
        tf.data.Dataset.from_tensors(tf.Variable(1.0, name="v")).make_one_shot_iterator()


def test_a_one_shot_iterator_has_no_initializer():
    with pytest.raises(ValueError, match="does not have an initializer"):
        tf.data.Dataset.range(3).make_one_shot_iterator().initializer


def test_a_reinitializable_iterator_goes_over_any_dataset_of_its_types():
    train = tf.data.Dataset.range(3)
    test = tf.data.Dataset.range(10, 12)
    iterator = tf.data.Iterator.from_structure(train.output_types, train.output_shapes)
    to_train, to_test = iterator.make_initializer(train), iterator.make_initializer(test)
    element = iterator.get_next()
    with tf.Session() as session:
        session.run(to_train)
        assert session.run(element) == 0
        session.run(to_test)
        assert [session.run(element), session.run(element)] == [10, 11]
    with pytest.raises(TypeError, match="output types"):
        iterator.make_initializer(tf.data.Dataset.from_tensors(1.0))
    with pytest.raises(TypeError, match="output shapes"):
        iterator.make_initializer(train.batch(2))


def test_a_fed_handle_says_which_iterator_is_read():
    handle = tf.placeholder(tf.string, [])
    train, test = (tf.data.Dataset.range(start, start + 5).make_one_shot_iterator() for start in (0, 100))
    element = tf.data.Iterator.from_string_handle(handle, tf.int64, []).get_next()
    with tf.Session() as session:
        first, second = session.run((train.string_handle(), test.string_handle()))
        assert isinstance(first, bytes)
        read = [int(session.run(element, {handle: h})) for h in (first, first, second, first)]
        assert read == [0, 1, 100, 2]
        with pytest.raises(tf.errors.InvalidArgumentError, match="string handle"):
            session.run(element, {handle: b"none"})


def test_a_handle_of_other_types_is_refused():
    floats = tf.data.Dataset.from_tensors(1.0).make_one_shot_iterator()
    handle = tf.placeholder(tf.string, [])
    element = tf.data.Iterator.from_string_handle(handle, tf.int64, []).get_next()
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=r"float32.*int64"):
        session.run(element, {handle: session.run(floats.string_handle())})


def test_what_was_fetched_is_the_programs_own():
    values = np.zeros((2, 3), np.float32)
    element = tf.data.Dataset.from_tensor_slices(values).repeat().make_one_shot_iterator().get_next()
    with tf.Session() as session:
        for _ in range(4):
            fetched = session.run(element)
            np.testing.assert_array_equal(fetched, np.zeros(3))
            fetched[:] = 7


def test_the_functions_of_tf_data_tell_types_and_shapes():
    dataset = tf.data.Dataset.from_tensor_slices({"a": [1, 2]}).batch(2)
    iterator = tf.data.make_initializable_iterator(dataset)
    for of in (dataset, iterator):
        assert tf.data.get_output_types(of) == {"a": tf.int32}
        assert tf.data.get_output_shapes(of)["a"].as_list() == [None]
        assert tf.data.get_output_classes(of) == {"a": tf.Tensor}
    assert tf.compat.v1.data.make_one_shot_iterator(dataset).output_types == {"a": tf.int32}


def test_a_graph_with_datasets_becomes_a_graph_def():
    dataset = tf.data.Dataset.range(3).map(lambda x: x + 1)
    dataset.make_one_shot_iterator()
    nodes = {n.op: n for n in tf.get_default_graph().as_graph_def().node}
    assert nodes["MapDataset"].attr["f"].func.name.startswith("Dataset_map")
    assert nodes["OneShotIterator"].attr["dataset_factory"].func.name
