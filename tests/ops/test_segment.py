"""Segments, counts, clipping: static shapes and errors."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _run(value):
    with tf.Session() as session:
        return session.run(value)


def test_the_number_of_sorted_segments_is_not_known_before_it_runs():
    assert tf.segment_sum(tf.ones([3, 4]), [0, 0, 1]).shape.as_list() == [None, 4]


def test_the_number_of_unsorted_segments_is_told():
    ids = tf.placeholder(tf.int32, [3, 4])
    assert tf.unsorted_segment_sum(tf.ones([3, 4, 5]), ids, 7).shape.as_list() == [7, 5]
    count = tf.placeholder(tf.int32, [])
    assert tf.unsorted_segment_sum(tf.ones([3, 4, 5]), ids, count).shape.as_list() == [None, 5]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([0, 1, 0, 1], "segment ids are not increasing"),
        ([0, 0, 1, 0], r"Segment id 1 out of range \[0, 1\), possibly because 'segment_ids' input is not sorted"),
        ([0, 0, 0, -1], "segment ids must be >= 0"),
        ([0, 1], "should be the same size as dimension 0"),
    ],
)
def test_sorted_segments_are_checked(ids, message):
    ids = tf.placeholder_with_default(ids, [None])
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        _run(tf.segment_sum(tf.ones([4, 2]), ids))


def test_unsorted_ids_must_be_below_the_number_of_segments():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"segment_ids\[1\] = 5 is out of range \[0, 3\)"):
        _run(tf.unsorted_segment_sum(tf.ones([2]), [0, 5], 3))


def test_what_is_picked_must_be_there():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] == 9 out of range \[0, 3\)"):
        _run(tf.sparse_segment_sum(tf.ones([3, 2]), [0, 9], [0, 0]))


def test_negative_values_are_not_counted():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Input arr must be non-negative"):
        _run(tf.bincount([1, -1]))


def test_the_size_of_a_confusion_matrix_is_known_if_it_is_told():
    labels = tf.placeholder(tf.int32, [None])
    assert tf.confusion_matrix(labels, labels, num_classes=4).shape.as_list() == [4, 4]


@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([0, 3], [0, 1], "`labels` out of bound"),
        ([0, 1], [0, 3], "`predictions` out of bound"),
        ([0, -1], [0, 1], "`labels` contains negative values"),
    ],
)
def test_labels_beyond_the_classes_are_refused(labels, predictions, message):
    given = [tf.placeholder_with_default(v, [None]) for v in (labels, predictions)]
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        _run(tf.confusion_matrix(*given, num_classes=3))


def test_a_histogram_wants_a_range_and_bins():
    with pytest.raises(tf.errors.InvalidArgumentError, match="value_range"):
        _run(tf.histogram_fixed_width([1.0], [1.0, 1.0]))


def test_limits_that_are_larger_than_what_is_clipped_are_refused():
    with pytest.raises(ValueError, match=r"\(3,\) and \(2, 3\) are not compatible"):
        tf.clip_by_value(tf.ones([3]), tf.zeros([2, 3]), 1.0)


def test_a_global_norm_is_of_a_list():
    with pytest.raises(TypeError, match="t_list should be a sequence"):
        tf.global_norm(tf.ones([2]))
    assert tf.global_norm([None]) is None
    assert tf.clip_by_global_norm([None], 1.0) == ([None], None)
