"""GatherTree: what it refuses, and shapes."""

import numpy as np
import pytest

import undertow as tf

STEPS = np.array([[[1, 2]], [[3, 4]], [[5, 6]]], np.int32)  # [time, batch, beam]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def tree(*args):
    with tf.Session() as session:
        return session.run(tf.contrib.seq2seq.gather_tree(*args)).tolist()


def test_a_beam_is_followed_back_to_its_start_and_ends_at_the_first_end_token():
    parents = np.array([[[0, 0]], [[0, 0]], [[1, 0]]], np.int32)
    # Beam 0 ends in 5, whose parent is beam 1 (4), whose parent is beam 0 (1); beam 1 is 1, 3, 6, cut after the 3.
    assert tree(STEPS, parents, [3], 3) == [[[1, 1]], [[4, 3]], [[5, 3]]]


def test_past_the_length_are_end_tokens_and_parents_there_do_not_count():
    parents = np.full([3, 1, 2], 9, np.int32)
    parents[1] = 0
    assert tree(STEPS, parents, [2], 7) == [[[1, 1]], [[3, 4]], [[7, 7]]]
    assert tree(STEPS, parents, [-1], 7) == [[[7, 7]]] * 3


def test_a_parent_out_of_range_is_told_with_its_place():
    parents = np.zeros([3, 1, 2], np.int32)
    parents[2, 0, 1] = 2
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"invalid parent id 2 at \(batch, time, beam\) == \(0, 1, 1"
    ):
        tree(STEPS, parents, [3], 7)


@pytest.mark.parametrize(
    ("at", "shape", "message"),
    [
        (0, [3, 2], "must be rank 3 but is rank 2"),
        (1, [2, 1, 2], "Dimension 0 in both shapes must be equal, but are 3 and 2"),
        (2, [2], "Dimensions must be equal, but are 1 and 2"),
        (2, [], "must be rank 1 but is rank 0"),
        (3, [1], "must be rank 0 but is rank 1"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_where_they_are_known(at, shape, message):
    shapes = [[3, 1, 2], [3, 1, 2], [1], []]
    shapes[at] = shape
    with pytest.raises(ValueError, match=message):
        tf.contrib.seq2seq.gather_tree(*(tf.placeholder(tf.int32, s) for s in shapes))


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (0, STEPS[0], "step_ids must be a 3-tensor, saw shape: \\[1,2\\]"),
        (1, STEPS[:2], "step_ids.shape must match parent_ids.shape"),
        (2, [3, 3], "batch size dimensions"),
        (2, 3, "max_sequence_lengths must be a vector"),
        (3, [1], "end_token must be a scalar"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_where_they_run(at, value, message):
    values = [STEPS, np.zeros_like(STEPS), [3], 0]
    values[at] = value
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        tree(*(tf.placeholder_with_default(np.array(v, np.int32), None) for v in values))


def test_what_is_known_of_the_inputs_is_known_of_the_beams():
    inputs = [tf.placeholder(tf.int32, s) for s in ([4, None, None], [None, None, 3], [5], [])]
    assert tf.contrib.seq2seq.gather_tree(*inputs).shape.as_list() == [4, 5, 3]
