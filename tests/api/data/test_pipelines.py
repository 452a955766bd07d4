"""make_csv_dataset and make_batched_features_dataset. The elements are TensorFlow 2.21's for the same files."""

from __future__ import annotations

import collections

import pytest

import undertow as tf

experimental = tf.data.experimental


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "m1.csv").write_text("a,b,c,d,e\n1,2.5,x,3000000000,\n2,3,y,4,1e300\n,,,,\n")
    (tmp_path / "m2.csv").write_text("a,b,c,d,e\n7,8.5,z,9,\n")
    return str(tmp_path / "m?.csv")


def test_columns_have_the_narrowest_types_that_hold_their_rows(elements, tables):
    dataset = experimental.make_csv_dataset(tables, 2, num_epochs=1, shuffle=False)
    types = [("a", tf.int32), ("b", tf.float32), ("c", tf.string), ("d", tf.int64), ("e", tf.float64)]
    assert dataset.output_types == collections.OrderedDict(types)
    assert elements(dataset) == [
        {"a": [1, 2], "b": [2.5, 3.0], "c": [b"x", b"y"], "d": [3000000000, 4], "e": [0.0, 1e300]},
        {"a": [0, 7], "b": [0.0, 8.5], "c": [b"", b"z"], "d": [0, 9], "e": [0.0, 0.0]},
    ]


def test_a_label_stands_beside_the_other_columns(elements, tables):
    dataset = experimental.make_csv_dataset(
        tables, 3, label_name="c", select_columns=["c", "a"], num_epochs=1, shuffle=False
    )
    assert elements(dataset) == [({"a": [1, 2, 0]}, [b"x", b"y", b""]), ({"a": [7]}, [b"z"])]


def test_rows_that_do_not_fit_can_be_left_out(elements, tables):
    options = {"column_defaults": [tf.int64, 0.5], "select_columns": [0, 1], "num_epochs": 1, "shuffle": False}
    assert elements(experimental.make_csv_dataset(tables, 3, ignore_errors=True, **options)) == [
        {"a": [1, 2, 7], "b": [2.5, 3.0, 8.5]}
    ]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Field 0 is required"):
        elements(experimental.make_csv_dataset(tables, 3, **options))


def test_a_seed_gives_tensorflows_order_of_files_and_rows(elements, tables):
    dataset = experimental.make_csv_dataset(tables, 4, select_columns=[0], shuffle_seed=5, num_epochs=1)
    assert elements(dataset) == [{"a": [1, 0, 7, 2]}]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label_name": "zz"}, "label_name"),
        ({"select_columns": ["a", "zz"]}, "select_columns"),
        ({"select_columns": [9]}, "select_columns"),
        ({"column_defaults": [0]}, "5 columns, but 1 column defaults"),
        ({"column_names": ["a", "a"]}, "duplicate"),
        ({"header": False}, "without a header"),
        ({"compression_type": "GZIP"}, "compressed"),
    ],
)
def test_what_does_not_fit_the_files_is_told(tables, options, message):
    with pytest.raises(ValueError, match=message):
        experimental.make_csv_dataset(tables, 2, **options)


def test_files_that_are_not_there_are_told(tmp_path):
    with pytest.raises(ValueError, match=r"No files match.*none\.csv"):
        experimental.make_csv_dataset(str(tmp_path / "none.csv"), 2)


@pytest.fixture
def examples(tmp_path):
    path = str(tmp_path / "examples")
    with tf.python_io.TFRecordWriter(path) as writer:
        for i in range(5):
            feature = {
                "n": tf.train.Feature(int64_list=tf.train.Int64List(value=[i])),
                "l": tf.train.Feature(float_list=tf.train.FloatList(value=[i * 0.5])),
            }
            writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
    return path


FEATURES = {"n": tf.FixedLenFeature([], tf.int64), "l": tf.FixedLenFeature([1], tf.float32)}


def test_examples_are_parsed_in_batches(elements, examples):
    dataset = experimental.make_batched_features_dataset(
        examples, 2, FEATURES, label_key="l", num_epochs=1, shuffle=False
    )
    assert elements(dataset) == [
        ({"n": [0, 1]}, [[0.0], [0.5]]),
        ({"n": [2, 3]}, [[1.0], [1.5]]),
        ({"n": [4]}, [[2.0]]),
    ]
    with pytest.raises(ValueError, match="label_key"):
        experimental.make_batched_features_dataset(examples, 2, FEATURES, label_key="zz")


def test_shuffled_examples_have_no_end_and_whole_batches(elements, examples):
    dataset = experimental.make_batched_features_dataset(examples, 2, FEATURES, shuffle_seed=2)
    assert [e["n"] for e in elements(dataset.take(4))] == [[0, 2], [4, 1], [3, 2], [4, 0]]
