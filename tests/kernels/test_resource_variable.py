"""What ops do with a variable behind its handle; their values are compared with TensorFlow's in `tests/parity`."""

import numpy as np
import pytest

import undertow as tf

raw = tf.raw_ops


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


@pytest.fixture
def session():
    with tf.Session() as s:
        yield s


def filled(session, value, shape=None, dtype=None):
    value = np.asarray(value)
    dtype = tf.as_dtype(value.dtype if dtype is None else dtype)
    handle = raw.VarHandleOp(dtype=dtype, shape=value.shape if shape is None else shape)
    session.run(raw.AssignVariableOp(resource=handle, value=tf.constant(value, dtype)))
    return handle


def read(session, handle, dtype=tf.float32):
    return session.run(raw.ReadVariableOp(resource=handle, dtype=dtype))


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("Add", [6, 2]), ("Sub", [2, 2]), ("Mul", [8, 2]), ("Div", [2, 2]), ("Min", [2, 2]), ("Max", [4, 2]),
     ("Update", [2, 2])],
)  # fmt: skip
def test_rows_change_by_a_scalar_or_by_rows(session, kind, wanted):
    for updates in (2, [2]):
        handle = filled(session, np.int32([4, 2]))
        scatter = getattr(raw, f"ResourceScatter{kind}")
        session.run(scatter(resource=handle, indices=[0], updates=tf.constant(updates)))
        assert read(session, handle, tf.int32).tolist() == wanted


def test_strings_and_bools_are_put_in_rows(session):
    words = filled(session, np.array([[b"a"], [b"b"]], dtype=object), dtype=tf.string)
    session.run(raw.ResourceScatterUpdate(resource=words, indices=[1], updates=[["long"]]))
    session.run(raw.ResourceScatterNdUpdate(ref=words, indices=[[0, 0]], updates=["z"]))
    assert read(session, words, tf.string).tolist() == [[b"z"], [b"long"]]
    flags = filled(session, np.array([True, True]))
    session.run(raw.ResourceScatterUpdate(resource=flags, indices=[1], updates=[False]))
    assert read(session, flags, tf.bool).tolist() == [True, False]


def test_rows_that_are_not_there_are_named(session):
    handle = filled(session, np.float32([1, 2]))
    for op in (
        raw.ResourceGather(resource=handle, indices=[0, 5], dtype=tf.float32),
        raw.ResourceScatterAdd(resource=handle, indices=[0, 5], updates=[1.0, 1.0]),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 5 is not in \[0, 2\)"):
            session.run(op)


def test_another_shape_is_stored_unless_it_is_to_be_validated(session):
    handle = filled(session, np.float32([1, 2]))
    value = tf.placeholder(tf.float32)
    session.run(raw.AssignVariableOp(resource=handle, value=value), {value: [3.0]})
    assert read(session, handle).tolist() == [3.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"wrong shape. Expected \[2\] got \[1\]"):
        session.run(raw.AssignVariableOp(resource=handle, value=value, validate_shape=True), {value: [3.0]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="same shape"):
        session.run(raw.AssignAddVariableOp(resource=handle, value=value), {value: [3.0, 4.0, 5.0]})


def test_a_shape_that_the_graph_does_not_know_is_the_values(session):
    handle = filled(session, np.zeros((2, 3), np.float32), shape=None)
    loose = raw.VarHandleOp(dtype=tf.float32, shape=[None, 3], shared_name=handle.op.name)
    assert session.run(raw.VariableShape(input=loose)).tolist() == [2, 3]
    assert session.run(raw.VariableShape(input=loose, out_type=tf.int64)).dtype == np.int64


def test_a_slice_is_assigned(session):
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], use_resource=True)
    session.run(w.initializer)
    assert session.run(w[:, 1].assign([8.0, 9.0])).tolist() == [[1.0, 8.0], [3.0, 9.0]]
    assert session.run(w[::-1].assign([[1.0, 1.0], [0.0, 0.0]])).tolist() == [[0.0, 0.0], [1.0, 1.0]]
