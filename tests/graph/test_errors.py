"""Errors: TensorFlow's classes, codes and attributes."""

import pickle

import pytest

import undertow as tf

CODES = {
    "CancelledError": 1, "UnknownError": 2, "InvalidArgumentError": 3, "DeadlineExceededError": 4, "NotFoundError": 5,
    "AlreadyExistsError": 6, "PermissionDeniedError": 7, "ResourceExhaustedError": 8, "FailedPreconditionError": 9,
    "AbortedError": 10, "OutOfRangeError": 11, "UnimplementedError": 12, "InternalError": 13, "UnavailableError": 14,
    "DataLossError": 15, "UnauthenticatedError": 16,
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in CODES if name != "UnknownError"])
def test_an_error_has_its_code_message_and_op(name):
    error = getattr(tf.errors, name)(None, None, "what was wrong")
    assert isinstance(error, tf.OpError)
    assert (error.error_code, error.message, error.op, error.node_def) == (CODES[name], "what was wrong", None, None)
    assert "what was wrong" in str(error)


def test_an_error_of_a_run_names_the_op_and_where_it_was_made():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.int32, [], name="x")
        bad = tf.floordiv(x, 0, name="bad")
        with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero") as caught:
            session.run(bad, {x: 1})
    assert caught.value.op is bad.op
    assert caught.value.node_def.name == "bad"
    assert "test_errors.py" in str(caught.value)


def test_codes_are_also_names():
    assert (tf.errors.OK, tf.errors.INVALID_ARGUMENT, tf.errors.DATA_LOSS) == (0, 3, 15)


def test_an_error_can_be_sent_to_another_process():
    error = pickle.loads(pickle.dumps(tf.errors.NotFoundError(None, None, "gone")))
    assert isinstance(error, tf.errors.NotFoundError)
    assert error.message == "gone"
