"""What Print and print write, and where. The texts are TensorFlow's."""

import sys

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _run(op):
    with tf.Session() as session:
        return session.run(op)


def test_print_shows_a_few_elements_of_each_tensor(capfd):
    x = tf.constant([1, 2, 3, 4])
    assert _run(tf.Print(x, [x, tf.constant([[0.5, 1.5], [2.5, 3.5]]), "text"], "x is ")).tolist() == [1, 2, 3, 4]
    assert capfd.readouterr().err == "x is [1 2 3...][[0.5 1.5][2.5...]][text]\n"


def test_print_stops_after_first_n(capfd):
    y = tf.Print(1, [1], "m", first_n=2)
    with tf.Session() as session:
        for _ in range(3):
            session.run(y)
    assert capfd.readouterr().err == "m[1]\nm[1]\n"


def test_print_v2_spells_values_as_python_does(capfd):
    _run(tf.print("first:", tf.range(10), {"small": tf.constant([0.3, 12.4]), "Big": 3}, 10, [tf.constant("a"), "b"]))
    expected = "first: [0 1 2 ... 7 8 9] {'Big': 3, 'small': [0.3 12.4]} 10 [\"a\", 'b']\n"
    assert capfd.readouterr().err == expected


def test_print_v2_leaves_a_lone_string_as_it_is(capfd):
    _run(tf.print(tf.constant("a\nb"), end="!"))
    assert capfd.readouterr().err == "a\nb!"


def test_print_v2_prints_to_stdout_and_to_files(capfd, tmp_path):
    _run(tf.print(1, 2, sep="-", output_stream=sys.__stdout__))
    assert capfd.readouterr().out == "1-2\n"
    path = tmp_path / "printed"
    for word in ("one", "two"):
        _run(tf.print(tf.constant([word]), output_stream=f"file://{path}"))
    assert path.read_text() == '["one"]\n["two"]\n'


def test_print_v2_knows_its_streams_and_keywords():
    with pytest.raises(ValueError, match="Unsupported output stream"):
        tf.print(1, output_stream="somewhere")
    with pytest.raises(ValueError, match=r"Unrecognized keyword arguments for tf\.print"):
        tf.print(1, stream=sys.stdout)


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"Cannot print to {tmp_path}/no/file: No such file"):
        _run(tf.print(1, output_stream=f"file://{tmp_path}/no/file"))


def test_braces_in_a_text_stay(capfd):
    _run(tf.print("{}6", {"{}": tf.constant([1])}))
    assert capfd.readouterr().err == "{}6 {'{}': [1]}\n"


def test_print_passes_gradients():
    x = tf.constant([1.0, 2.0])
    y = tf.Print(x * x, [], "")
    assert _run(tf.gradients(y, x)[0]).tolist() == [2.0, 4.0]
    assert np.isnan(_run(tf.constant(np.nan)))
