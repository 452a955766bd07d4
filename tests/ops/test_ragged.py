"""Ragged tensors: rows of different lengths, made, taken apart, and made dense. Expectations are 1.15.5's."""

import numpy as np
import pytest

import undertow as tf

R = tf.RaggedTensor


@pytest.fixture
def run():
    with tf.Graph().as_default(), tf.Session() as session:

        def listed(fetches):
            found = session.run(fetches)
            return found.to_list() if hasattr(found, "to_list") else np.asarray(found).tolist()

        yield listed


def rows():
    return tf.ragged.constant([[1, 2], [], [3]])


def nested():
    return tf.ragged.constant([[["x"], []], [], [["y", "z"]]])


def test_a_constant_is_as_ragged_as_its_lists_are_deep(run):
    assert (rows().shape.as_list(), rows().ragged_rank, rows().dtype) == ([3, None], 1, tf.int32)
    assert (nested().shape.as_list(), nested().ragged_rank) == ([3, None, None], 2)
    assert isinstance(tf.ragged.constant([1, 2]), tf.Tensor)
    assert tf.ragged.constant([[[1, 2]], [[3, 4], [5, 6]]], inner_shape=(2,)).shape.as_list() == [2, None, 2]
    with pytest.raises(ValueError, match="all scalar values must have the same nesting depth"):
        tf.ragged.constant([[1, 2], 3])


@pytest.mark.parametrize(
    "make",
    [
        lambda: R.from_row_splits([1, 2, 3], [0, 2, 2, 3]),
        lambda: R.from_value_rowids([1, 2, 3], [0, 0, 2]),
        lambda: R.from_row_lengths([1, 2, 3], [2, 0, 1]),
        lambda: R.from_row_starts([1, 2, 3], [0, 2, 2]),
        lambda: R.from_row_limits([1, 2, 3], [2, 2, 3]),
        lambda: R.from_tensor([[1, 2], [0, 0], [3, 0]], padding=0),
        lambda: R.from_tensor([[1, 2], [9, 9], [3, 9]], lengths=[2, 0, 1]),
        lambda: R.from_sparse(tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [1, 2, 3], [3, 2])),
        lambda: tf.ragged.stack_dynamic_partitions([3, 1, 2], [2, 0, 0], 3),
    ],
)
def test_rows_can_be_told_in_many_ways(run, make):
    assert run(make()) == [[1, 2], [], [3]]


def test_what_forms_no_rows_is_refused(run):
    with pytest.raises(tf.errors.InvalidArgumentError, match="do not form a valid RaggedTensor"):
        run(R.from_row_splits([1, 2, 3], [0, 2, 1, 3]))


def test_rows_tell_of_themselves(run):
    a, b = rows(), nested()
    assert run(a.value_rowids()) == [0, 0, 2]
    assert [run(a.row_starts()), run(a.row_limits()), run(a.row_lengths())] == [[0, 2, 2], [2, 2, 3], [2, 0, 1]]
    assert [run(a.nrows()), run(a.bounding_shape()), run(b.bounding_shape())] == [3, [3, 2], [3, 2, 2]]
    assert run(b.row_lengths(axis=2)) == [[1, 0], [], [2]]


def test_rows_become_dense_and_sparse(run):
    assert run(rows().to_tensor()) == [[1, 2], [0, 0], [3, 0]]
    assert run(nested().to_tensor("-"))[0] == [[b"x", b"-"], [b"-", b"-"]]
    with tf.Session() as session:
        sparse = session.run(rows().to_sparse())
    assert [sparse.indices.tolist(), sparse.dense_shape.tolist()] == [[[0, 0], [0, 1], [2, 0]], [3, 2]]


def test_gradients_flow_to_the_values_of_a_dense_copy(run):
    values = tf.constant([1.0, 2.0, 3.0])
    dense = R.from_row_lengths(values, [2, 1]).to_tensor()
    assert run(tf.gradients(dense * [[1.0, 2.0], [3.0, 4.0]], values)[0]) == [1.0, 2.0, 3.0]


def test_parts_are_rows_or_parts_of_each_row(run):
    assert [run(rows()[0]), run(rows()[-1]), run(rows()[1:])] == [[1, 2], [3], [[], [3]]]
    assert run(rows()[:, :1]) == [[1], [], [3]]
    assert run(nested()[:, 0:1]) == [[[b"x"]], [], [[b"y", b"z"]]]
    assert run(nested()[2][0]) == [b"y", b"z"]


def test_operators_are_of_the_values(run):
    assert run(rows() * 2 + rows()) == [[3, 6], [], [9]]
    assert run(-rows()) == [[-1, -2], [], [-3]]
    assert run(1 - rows()) == [[0, -1], [], [-2]]


def test_a_ragged_placeholder_takes_a_ragged_value():
    with tf.Graph().as_default(), tf.Session() as session:
        given = tf.ragged.placeholder(tf.int32, 2)
        value = tf.ragged.constant_value([[[1], []], [[2, 3]]], dtype=np.int32)
        assert session.run(given + 1, {given: value}).to_list() == [[[2], []], [[3, 4]]]
        assert (value.shape, value.ragged_rank) == ((2, None, None), 2)


def test_ranges_are_rows(run):
    assert run(tf.ragged.range([3, 1])) == [[0, 1, 2], [0]]
    assert run(tf.ragged.range([1, 2], [3, 7], 2)) == [[1], [2, 4, 6]]


def test_ragged_tensors_go_through_loops_and_conds(run):
    start = tf.ragged.constant([[1], [2, 3]])
    _, doubled = tf.while_loop(lambda i, r: i < 3, lambda i, r: (i + 1, r * 2), (0, start))
    assert run(doubled) == [[8], [16, 24]]
    assert run(tf.cond(tf.constant(True), lambda: start, lambda: start * 2)) == [[1], [2, 3]]


def test_strings_split_into_rows(run):
    split = tf.strings.split
    assert run(split(["a b", "c"], result_type="RaggedTensor")) == [[b"a", b"b"], [b"c"]]
    assert run(split("a b", result_type="RaggedTensor")) == [b"a", b"b"]
    assert run(tf.string_split(["a b", "c"], result_type="RaggedTensor")) == [[b"a", b"b"], [b"c"]]
    assert run(tf.strings.bytes_split([["ab"], ["c"]])) == [[[b"a", b"b"]], [[b"c"]]]


def test_characters_are_rows(run):
    strings = tf.strings
    assert run(strings.unicode_decode(["a\u00e9", ""], "UTF-8")) == [[97, 233], []]
    assert run(strings.unicode_decode("ab", "UTF-8")) == [97, 98]
    assert run(strings.unicode_split([["a\u00e9"]], "UTF-8")) == [[[b"a", "\u00e9".encode()]]]
    _, places = strings.unicode_decode_with_offsets(["\u00e9b"], "UTF-8")
    assert run(places) == [[0, 2]]
    with pytest.raises(ValueError, match="Rank of `input` must be statically known"):
        strings.unicode_decode(tf.placeholder(tf.string), "UTF-8")


def test_characters_become_strings(run):
    encode = tf.strings.unicode_encode
    assert run(encode(tf.ragged.constant([[97, 98], []]), "UTF-8")) == [b"ab", b""]
    assert run(encode([97, 98], "UTF-16-BE")) == b"\0a\0b"
    assert run(encode(tf.ragged.constant([[[97], [98]], []]), "UTF-8")) == [[b"a", b"b"], []]
    assert run(encode([[0xD800, 97]], "UTF-8", replacement_char=63)) == [b"?a"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Code point value out of valid Unicode range"):
        run(encode([[-1]], "UTF-8", errors="strict"))


def test_ngrams_are_neighbours_joined(run):
    ngrams = tf.strings.ngrams
    assert run(ngrams(["a", "b", "c"], 2)) == [b"a b", b"b c"]
    assert run(ngrams(tf.ragged.constant([["a", "b", "c"], ["d"]]), 2)) == [[b"a b", b"b c"], []]
    assert run(ngrams(["a", "b"], [1, 2], pad_values=("<", ">"))) == [b"a", b"b", b"< a", b"a b", b"b >"]
    assert run(ngrams(["a"], 3, preserve_short_sequences=True)) == [b"a"]
    assert run(ngrams(["a", "b"], 3, pad_values="-", padding_width=1)) == [b"- a b", b"a b -"]


def test_what_a_tensor_is():
    with tf.Graph().as_default():
        tensors = [tf.constant(1), tf.Variable(1), tf.SparseTensor([[0]], [1], [1])]
        assert [tf.is_tensor(x) for x in (*tensors, 1, np.ones(1), None)] == [True] * 3 + [False] * 3
