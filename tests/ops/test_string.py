"""Strings: shapes known while the graph is built, and what is refused in the run."""

import pytest

import undertow as tf


def test_shapes_are_those_of_the_inputs():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.string, [3, 4])
        assert tf.strings.length(x).shape.as_list() == [3, 4]
        assert tf.reduce_join(x, 1).shape.as_list() == [3]
        assert tf.string_split(x[:, 0]).indices.shape.as_list() == [None, 2]


def test_a_pattern_known_while_building_is_an_attr_of_the_op():
    with tf.Graph().as_default():
        assert tf.regex_replace(["a"], "a", "b").op.type == "StaticRegexReplace"
        assert tf.regex_replace(["a"], tf.constant("a"), "b").op.type == "RegexReplace"


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: tf.string_to_number(["1", "two"]), "StringToNumberOp could not correctly convert string: two"),
        (lambda: tf.string_to_number(["2147483648"], tf.int32), "could not correctly convert string: 2147483648"),
        (lambda: tf.substr(["abc"], 4, 1), "pos 4 out of range"),
        (lambda: tf.regex_replace(["a"], "(", ""), r"Invalid pattern: \("),
        (lambda: tf.regex_replace(["a"], "a", r"\1"), "Invalid rewrite pattern"),
        (lambda: tf.decode_base64(["$$"]), "Invalid character found in base64"),
        (lambda: tf.reduce_join([["a"]], [0, 0]), "Duplicate reduction dimension 0"),
    ],
)
def test_what_has_no_answer_is_an_invalid_argument(build, told):
    with tf.Graph().as_default(), tf.Session() as session:
        result = build()
        with pytest.raises(tf.errors.InvalidArgumentError, match=told):
            session.run(result)
