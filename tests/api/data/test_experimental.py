"""tf.data.experimental and tf.contrib.data."""

from __future__ import annotations

import numpy as np
import pytest

import undertow as tf

Dataset = tf.data.Dataset
experimental = tf.data.experimental


@pytest.mark.parametrize(
    ("transformation", "expected"),
    [
        (experimental.enumerate_dataset(5), [(5, 0), (6, 1), (7, 2), (8, 3), (9, 4)]),
        (experimental.map_and_batch(lambda x: x * 2, 2), [[0, 2], [4, 6], [8]]),
        (experimental.map_and_batch(lambda x: x * 2, 2, drop_remainder=True), [[0, 2], [4, 6]]),
        (experimental.take_while(lambda x: x < 3), [0, 1, 2]),
        (experimental.prefetch_to_device("/gpu:0"), [0, 1, 2, 3, 4]),
        (tf.contrib.data.batch_and_drop_remainder(3), [[0, 1, 2]]),
        (experimental.parallel_interleave(lambda x: Dataset.range(x, x + 2), 2), [0, 1, 1, 2, 2, 3, 3, 4, 4, 5]),
        (experimental.scan(np.int64(1), lambda s, x: (s + x, s * 10)), [10, 10, 20, 40, 70]),
    ],
)  # fmt: skip
def test_transformations(elements, transformation, expected):
    assert elements(Dataset.range(5).apply(transformation)) == expected


def test_errors_are_left_out(elements):
    inverse = Dataset.from_tensor_slices([1.0, 0.0, 4.0]).map(lambda x: tf.check_numerics(1 / x, "inverse"))
    assert elements(inverse.apply(experimental.ignore_errors())) == [1.0, 0.25]


def test_each_value_comes_once(elements):
    assert elements(Dataset.from_tensor_slices(["a", "b", "a"]).apply(experimental.unique())) == [b"a", b"b"]
    with pytest.raises(TypeError, match="unique"):
        Dataset.from_tensors(1.0).apply(experimental.unique())


def test_a_counter_has_no_end(elements):
    assert elements(experimental.Counter(3, 2).take(3)) == [3, 5, 7]


def test_a_single_element_is_just_one():
    one = experimental.get_single_element(Dataset.from_tensors((1, "a")))
    none, many = (experimental.get_single_element(Dataset.range(n)) for n in (0, 2))
    with tf.Session() as session:
        assert session.run(one) == (1, b"a")
        with pytest.raises(tf.errors.InvalidArgumentError, match="empty"):
            session.run(none)
        with pytest.raises(tf.errors.InvalidArgumentError, match="more than one element"):
            session.run(many)


def test_a_dataset_is_reduced_to_one_value():
    total = experimental.Reducer(lambda _: np.int64(0), lambda state, x: state + x, lambda state: state)
    with tf.Session() as session:
        assert session.run(tf.contrib.data.reduce_dataset(Dataset.range(5), total)) == 10


def test_choices_and_samples_are_of_datasets_of_one_type():
    with pytest.raises(TypeError, match="int64"):
        experimental.choose_from_datasets([Dataset.range(3)], Dataset.from_tensors(0))
    with pytest.raises(TypeError, match="different types"):
        experimental.sample_from_datasets([Dataset.range(3), Dataset.from_tensors(1.0)])
    with pytest.raises(ValueError, match="vector of length"):
        experimental.sample_from_datasets([Dataset.range(3)], weights=[0.5, 0.5])


def test_samples_without_a_seed_are_all_there(elements):
    parts = [Dataset.range(5), Dataset.range(10, 15)]
    assert sorted(elements(experimental.sample_from_datasets(parts))) == [*range(5), *range(10, 15)]


def test_groups_take_one_kind_of_size():
    with pytest.raises(ValueError, match="window_size or window_size_func"):
        experimental.group_by_window(lambda x: x, lambda k, d: d)
    with pytest.raises(ValueError, match="key_func"):
        Dataset.from_tensors(1.0).apply(experimental.group_by_window(lambda x: x, lambda k, d: d, 2))


def test_buckets_need_a_batch_size_each():
    with pytest.raises(ValueError, match="bucket_batch_sizes"):
        experimental.bucket_by_sequence_length(lambda x: x, [4], [2])


def test_the_names_of_before_are_the_same_datasets():
    assert tf.contrib.data.Dataset is Dataset
    assert tf.contrib.data.map_and_batch is experimental.map_and_batch
    with pytest.raises(AttributeError, match="not built"):
        tf.contrib.data.SqlDataset
