"""`tf.Session`: fetches, feeds, errors, and what one run may not do to another."""

import collections

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def test_fetches_come_back_in_the_structure_they_were_asked_in():
    a, b = tf.constant(1), tf.constant([2.0, 3.0], name="b")
    pair = collections.namedtuple("Pair", "x y")
    with tf.Session() as s:
        assert s.run(a) == 1
        assert s.run("b:0").tolist() == [2.0, 3.0]
        found = s.run({"k": [a, (b,)], "p": pair(a, {"q": a}), "op": b.op})
    assert found["k"][0] == 1
    assert isinstance(found["k"][1], tuple)
    assert found["p"] == pair(1, {"q": 1})
    assert found["op"] is None


def test_a_scalar_comes_back_as_a_numpy_scalar():
    with tf.Session() as s:
        value = s.run(tf.constant(2.5))
    assert isinstance(value, np.float32)


def test_what_cannot_be_fetched_is_named():
    with tf.Session() as s:
        tf.constant(1)
        with pytest.raises(TypeError, match="Cannot be None"):
            s.run(None)
        with pytest.raises(ValueError, match="'missing' refers to an Operation not in the graph"):
            s.run("missing")
        with pytest.raises(TypeError, match="Fetch argument 1"):
            s.run(1)
        with tf.Graph().as_default():
            other = tf.constant(1)
        with pytest.raises(ValueError, match="not an element of this graph"):
            s.run(other)


def test_any_tensor_can_be_fed_and_a_fed_fetch_is_the_fed_value():
    a = tf.constant(2.0)
    b = tf.identity(a)
    with tf.Session() as s:
        assert s.run(b, {a: 5.0}) == 5.0
        fed = np.array(7.0, np.float32)
        assert s.run(a, {a: fed}) == 7.0


def test_an_unfed_placeholder_is_named_with_its_dtype_and_shape():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.Session() as s, pytest.raises(tf.errors.InvalidArgumentError) as caught:
        s.run(tf.identity(x))
    assert caught.value.message == "You must feed a value for placeholder tensor 'x' with dtype float and shape [?,2]"
    assert caught.value.op is x.op


def test_a_feed_of_the_wrong_shape_or_kind_is_refused():
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    y = tf.placeholder(tf.int32, [], name="y")
    with tf.Session() as s:
        wanted = r"Cannot feed value of shape \(3,\) for Tensor 'x:0', which has shape '\(2, 2\)'"
        with pytest.raises(ValueError, match=wanted):
            s.run(x, {x: [1, 2, 3]})
        with pytest.raises(TypeError, match="Cannot interpret feed_dict key as Tensor"):
            s.run(x, {"x": 1})
        with pytest.raises(TypeError, match=r"cannot be a tf\.Tensor object"):
            s.run(x, {x: tf.zeros([2, 2])})
        with pytest.raises(TypeError, match="not compatible with Tensor type"):
            s.run(y, {y: 2**40})


def test_an_uninitialized_variable_is_named():
    v = tf.Variable(1.0, name="v")
    with tf.Session() as s, pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value v"):
        s.run(v)


def test_two_sessions_of_one_graph_have_their_own_variables():
    v = tf.Variable(1.0)
    with tf.Session() as a, tf.Session() as b:
        a.run(v.initializer)
        b.run(v.initializer)
        a.run(v.assign(5.0))
        assert (a.run(v), b.run(v)) == (5.0, 1.0)


def test_a_closed_session_refuses_to_run():
    one = tf.constant(1)
    s = tf.Session()
    s.close()
    with pytest.raises(RuntimeError, match="closed Session"):
        s.run(one)


def test_a_session_closes_after_with_and_is_the_default_inside():
    one = tf.constant(1)
    with tf.Session() as s:
        assert tf.get_default_session() is s
        assert one.eval() == 1
    assert tf.get_default_session() is None
    with pytest.raises(RuntimeError):
        s.run(one)
    with pytest.raises(ValueError, match="No default session is registered"):
        one.eval()


def test_an_interactive_session_is_the_default_until_it_is_closed():
    s = tf.InteractiveSession()
    assert tf.constant(3).eval() == 3
    s.close()
    assert tf.get_default_session() is None


def test_a_callable_takes_its_feeds_in_order():
    x = tf.placeholder(tf.float32)
    y = tf.placeholder(tf.float32)
    with tf.Session() as s:
        call = s.make_callable([x, y], feed_list=[y, x])
        assert call(1.0, 2.0) == [2.0, 1.0]


def test_a_fetched_variable_does_not_change_later():
    v = tf.Variable([1.0, 2.0])
    with tf.Session() as s:
        s.run(v.initializer)
        for fetch in (v, v.value(), tf.reshape(v, [1, 2]), tf.identity(v)):
            before = s.run(fetch)
            kept = before.copy()
            s.run(v.assign_add([1.0, 1.0]))
            np.testing.assert_array_equal(before, kept)


def test_a_fed_array_is_the_feeders_again_after_the_run():
    v = tf.Variable([0.0, 0.0])
    x = tf.placeholder(tf.float32, [2])
    array = np.array([1.0, 2.0], np.float32)
    with tf.Session() as s:
        fetched = s.run([v.assign(x), tf.identity(x)], {x: array})
        array[:] = 9
        assert s.run(v).tolist() == [1.0, 2.0]
        assert fetched[1].tolist() == [1.0, 2.0]


def test_the_graph_may_grow_between_runs():
    a = tf.constant(1)
    with tf.Session() as s:
        assert s.run(a) == 1
        assert s.run(tf.identity(a)) == 1


def test_an_op_that_fails_is_named_with_the_line_that_made_it():
    x = tf.placeholder(tf.float32, name="x")
    y = tf.reshape(x, [3], name="to_three")
    with tf.Session() as s, pytest.raises(tf.errors.InvalidArgumentError) as caught:
        s.run(y, {x: [1, 2]})
    assert "to_three" in str(caught.value)
    assert "test_session.py" in str(caught.value)


def test_devices_are_honoured_softly():
    with tf.device("/gpu:7"):
        v = tf.Variable(1.0)
    assert v.device == "/device:GPU:7"
    with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as s:
        s.run(v.initializer)
        assert s.run(v) == 1.0


def test_log_device_placement_names_each_op(capfd):
    with tf.Session(config=tf.ConfigProto(log_device_placement=True)) as s:
        s.run(tf.identity(tf.placeholder_with_default(1.0, []), name="here"))
    assert "here: (Identity): /job:localhost/replica:0/task:0/device:" in capfd.readouterr().err
