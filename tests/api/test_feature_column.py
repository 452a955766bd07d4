"""What columns refuse, in TensorFlow 1.15.5's words, and what golden numbers do not show."""

from __future__ import annotations

from typing import Any

import pytest

import undertow as tf

fc = tf.feature_column


def _price() -> Any:
    return fc.numeric_column("price")


def _day() -> Any:
    return fc.categorical_column_with_identity("day", 5)


_REFUSED = {
    "a size of 0": (lambda: fc.numeric_column("a", shape=0), ValueError, "must be greater than 0. shape: (0,), key: a"),
    "a size that is text": (lambda: fc.numeric_column("a", shape=["x"]), TypeError, "must be integer. shape: ('x',)"),
    "numbers of text": (lambda: fc.numeric_column("a", dtype=tf.string), ValueError, "dtype must be convertible"),
    "a default of another shape": (
        lambda: fc.numeric_column("a", shape=2, default_value=[1, 2, 3]), ValueError,
        "The shape of default_value must be equal to given shape. default_value: [1, 2, 3], shape: (2,), key: a",
    ),
    "a default of another dtype": (
        lambda: fc.numeric_column("a", dtype=tf.int32, default_value=1.5), TypeError,
        "default_value must be compatible with dtype. default_value: 1.5, dtype: <dtype: 'int32'>, key: a",
    ),
    "falling boundaries": (lambda: fc.bucketized_column(_price(), [2, 1]), ValueError, "must be a sorted list."),
    "ranges of ids": (
        lambda: fc.bucketized_column(_day(), [1]), ValueError,
        "source_column must be a column generated with numeric_column(). Given: IdentityCategoricalColumn(key='day', "
        "number_buckets=5, default_value=None)",
    ),
    "no buckets": (lambda: fc.categorical_column_with_identity("i", 0), ValueError, "num_buckets 0 < 1, column_name i"),
    "hashes of floats": (
        lambda: fc.categorical_column_with_hash_bucket("i", 3, tf.float32), ValueError,
        "column_name: i dtype must be string or integer. dtype: <dtype: 'float32'>.",
    ),
    "a word twice": (
        lambda: fc.categorical_column_with_vocabulary_list("i", ["a", "a"]), ValueError,
        "Duplicate keys in vocabulary_list ['a', 'a'], column_name: i",
    ),
    "a vocabulary that is not there": (
        lambda: fc.categorical_column_with_vocabulary_file("i", "/no/such/file"), ValueError,
        "vocabulary_file in i does not exist.",
    ),
    "a cross of hashes": (
        lambda: fc.crossed_column(["a", fc.categorical_column_with_hash_bucket("h", 7)], 3), ValueError,
        "categorical_column_with_hash_bucket is not supported for crossing.",
    ),
    "a cross of one": (lambda: fc.crossed_column(["a"], 3), ValueError, "keys must be a list with length > 1."),
    "embeddings of no numbers": (lambda: fc.embedding_column(_day(), 0), ValueError, "Invalid dimension 0."),
    "half of a checkpoint": (
        lambda: fc.embedding_column(_day(), 2, ckpt_to_load_from="a"), ValueError,
        "Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.",
    ),
    "shared embeddings of other sizes": (
        lambda: fc.shared_embedding_columns([_day(), fc.categorical_column_with_identity("j", 4)], 2), ValueError,
        "all categorical_columns must have the same number of buckets.",
    ),
    "weights of text": (
        lambda: fc.weighted_categorical_column(_day(), "w", tf.string), ValueError,
        "dtype <dtype: 'string'> is not convertible to float.",
    ),
    "one feature read in two ways": (
        lambda: fc.make_parse_example_spec([_price(), fc.numeric_column("price", shape=2)]), ValueError,
        "feature_columns contain different parse_spec for key price.",
    ),
    "a bare categorical column": (
        lambda: fc.input_layer({"day": [[1]]}, [_day()]), ValueError, "Items of feature_columns must be a _Dense",
    ),
    "columns of one name": (
        lambda: fc.linear_model({"price": [[1.0]]}, [_price(), _price()]), ValueError,
        "Duplicate feature column name found for columns: NumericColumn(key='price'",
    ),
    "no columns": (lambda: fc.linear_model({}, []), ValueError, "feature_columns must not be empty."),
    "a feature that is missing": (
        lambda: fc.input_layer({}, [_price()]), ValueError, "Feature price is not in features dictionary.",
    ),
    "a scalar": (
        lambda: fc.input_layer({"price": 3.0}, [_price()]), ValueError, "Feature (key: price) cannot have rank 0.",
    ),
    "batches of two sizes": (
        lambda: fc.input_layer({"price": [[1.0]], "b": [[1.0], [2.0]]}, [_price(), fc.numeric_column("b")]), ValueError,
        "Batch size (first dimension) of each feature must be same. Batch size of columns (b, price): (2, 1)",
    ),
    "a cross of weights": (
        lambda: fc.linear_model(
            {"day": [[1]], "w": [[1.0]], "b": [["q"]]},
            [fc.crossed_column([fc.weighted_categorical_column(_day(), "w"), "b"], 3)],
        ), ValueError, "crossed_column does not support weight_tensor",
    ),
    "a label that is a feature": (
        lambda: tf.estimator.classifier_parse_example_spec([_price()], "price"), ValueError,
        "label should not be used as feature. label_key: price",
    ),
    "a weight that is no column": (
        lambda: tf.estimator.regressor_parse_example_spec([_price()], "label", weight_column=3), ValueError,
        "weight_column should be an instance of tf.feature_column.numeric_column. Given type: <class 'int'> value: 3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("refused", _REFUSED)
def test_is_refused(refused: str) -> None:
    build, kind, words = _REFUSED[refused]
    with tf.Graph().as_default(), pytest.raises(kind) as error:
        build()
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (
            7,
            r'failed: \[Bucket index for categorical column \\"day\\" exceeds number of buckets\] \[7\] \[5\]',
        ),
        (-2, r'assertion failed: \[Negative bucket index for categorical column \\"day\\"\] \[-2\]'),
    ],
)
def test_an_id_outside_the_buckets_fails_the_run(day: int, words: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        layer = fc.input_layer({"day": [[day]]}, [fc.indicator_column(_day())])
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            session.run(layer)


def test_equal_columns_are_one_key() -> None:
    assert {_price(): 1}[fc.numeric_column("price")] == 1


def test_an_embedding_starts_from_a_checkpoint(tmp_path: Any) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        stored = tf.get_variable("stored", initializer=[[float(i)] for i in range(5)])
        session.run(stored.initializer)
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
    column = fc.embedding_column(_day(), 1, ckpt_to_load_from=path, tensor_name_in_ckpt="stored")
    with tf.Graph().as_default(), tf.Session() as session:
        layer = fc.input_layer({"day": [[3], [1]]}, [column])
        session.run(tf.global_variables_initializer())
        assert session.run(layer).tolist() == [[3.0], [1.0]]


def test_parts_of_weights_are_listed() -> None:
    with tf.Graph().as_default(), tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(2)):
        kept: dict[Any, Any] = {}
        fc.linear_model({"day": [[1]]}, [_day()], cols_to_vars=kept)
        names = {getattr(key, "name", key): [v.op.name for v in kept[key]] for key in kept}
    assert names == {
        "day": ["p/linear_model/day/weights/part_0", "p/linear_model/day/weights/part_1"],
        "bias": ["p/linear_model/bias_weights/part_0"],
    }


def test_a_features_rank_may_be_unknown() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        price = tf.placeholder(tf.float32)
        layer = fc.input_layer({"price": price}, [_price()])
        assert session.run(layer, {price: [1, 2]}).tolist() == [[1.0], [2.0]]
        assert session.run(layer, {price: [[1], [2]]}).tolist() == [[1.0], [2.0]]


def test_the_example_spec_of_a_classifier_has_label_and_weight() -> None:
    spec = tf.estimator.classifier_parse_example_spec([_price()], "label", weight_column="w")
    assert spec == {
        "price": tf.io.FixedLenFeature((1,), tf.float32, None),
        "label": tf.io.FixedLenFeature((1,), tf.int64, None),
        "w": tf.io.FixedLenFeature((1,), tf.float32, None),
    }
