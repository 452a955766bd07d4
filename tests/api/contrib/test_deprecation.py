"""Warnings of what is about to go."""

import pytest

import undertow as tf

framework = tf.contrib.framework


@pytest.fixture
def told(caplog):
    with caplog.at_level("WARNING", logger="tensorflow"):
        yield lambda: [record.getMessage().split("\n")[0].split(") ", 1)[1] for record in caplog.records]


def test_a_function_is_warned_of_once_and_still_works(told):
    @framework.deprecated("2018-01-31", "Use another.")
    def add(a, b):
        return a + b

    assert (add(1, 2), add(3, 4), add.__name__) == (3, 7, "add")
    assert told() == ["is deprecated and will be removed after 2018-01-31."]


def test_an_argument_is_warned_of_where_it_is_given(told):
    @framework.deprecated_args(None, "Leave it out.", "old", ("mode", "same"))
    def take(new, old=None, mode="same"):
        return new

    take(1), take(1, mode="same")
    assert told() == []
    take(1, 2), take(1, mode="other")
    assert [line.split(",")[0] for line in told()] == ["uses argument old", "uses argument mode"]


def test_a_value_is_warned_of(told):
    @framework.deprecated_arg_values(None, "Not so.", flag=True)
    def take(flag=False):
        return flag

    assert (take(), take(flag=False), told()) == (False, False, [])
    assert take(True)
    assert len(told()) == 1


def test_dates_and_names_must_be_right():
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        framework.deprecated("soon", "x")
    with pytest.raises(ValueError, match="conversion instructions"):
        framework.deprecated(None, "")
    with pytest.raises(ValueError, match=r"not of f: \['b'\]"):
        framework.deprecated_args(None, "x", "b")(_named_f())


def _named_f():
    def f(a):
        return a

    return f
