"""SequenceExamples, sparse features and compressed strings. Expectations are 1.15.5's."""

import gzip
import zlib

import pytest

import undertow as tf

Fixed, Var, Steps = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature
train = tf.train


def ints(*values):
    return train.Feature(int64_list=train.Int64List(value=values))


def floats(*values):
    return train.Feature(float_list=train.FloatList(value=values))


def sequence(context, lists):
    steps = {key: train.FeatureList(feature=features) for key, features in lists.items()}
    return train.SequenceExample(
        context=train.Features(feature=context), feature_lists=train.FeatureLists(feature_list=steps)
    ).SerializeToString()


A = sequence({"a": ints(3), "b": floats(1, 2)}, {"f": [floats(1, 2), floats(3, 4)], "v": [ints(1), ints(), ints(2, 3)]})
B = sequence({"a": ints(4), "b": floats(7)}, {"f": [floats(9, 9)], "v": []})
CONTEXT = {"a": Fixed([], tf.int64), "b": Var(tf.float32)}
LISTS = {"f": Steps([2], tf.float32), "v": Var(tf.int64)}


def parts(value):
    return [part.tolist() for part in value]


def test_one_sequence_has_a_context_and_steps():
    with tf.Graph().as_default(), tf.Session() as session:
        context, steps = tf.io.parse_single_sequence_example(A, CONTEXT, LISTS)
        assert [context["a"].shape.as_list(), steps["f"].shape.as_list()] == [[], [None, 2]]
        context, steps = session.run([context, steps])
        assert [context["a"], parts(context["b"])] == [3, [[[0], [1]], [1.0, 2.0], [2]]]
        assert steps["f"].tolist() == [[1.0, 2.0], [3.0, 4.0]]
        assert parts(steps["v"]) == [[[0, 0], [2, 0], [2, 1]], [1, 2, 3], [3, 2]]


def test_many_sequences_are_padded_to_the_longest_and_their_lengths_told():
    with tf.Graph().as_default(), tf.Session() as session:
        context, steps, lengths = session.run(tf.io.parse_sequence_example([A, B], CONTEXT, LISTS))
        assert [context["a"].tolist(), parts(context["b"])] == [[3, 4], [[[0, 0], [0, 1], [1, 0]], [1, 2, 7], [2, 2]]]
        assert steps["f"].tolist() == [[[1.0, 2.0], [3.0, 4.0]], [[9.0, 9.0], [0.0, 0.0]]]
        assert parts(steps["v"]) == [[[0, 0, 0], [0, 2, 0], [0, 2, 1]], [1, 2, 3], [2, 3, 2]]
        assert lengths["f"].tolist() == [2, 1]


def test_what_may_be_missing_is_empty():
    with tf.Graph().as_default(), tf.Session() as session:
        _, steps = tf.io.parse_single_sequence_example(A, None, {"g": Steps([2], tf.float32, allow_missing=True)})
        assert session.run(steps["g"]).shape == (0, 2)


@pytest.mark.parametrize(
    ("context", "lists", "told"),
    [
        ({"z": Fixed([], tf.int64)}, {}, "Name: , Context feature 'z' is required but could not be found."),
        ({"a": Fixed([], tf.float32)}, {}, "Context feature: a.  Data types don't match. Expected type: float"),
        ({"b": Fixed([], tf.float32)}, {}, "Key: b, Index: 0.  Number of float values != expected.  values size: 2"),
        ({}, {"g": Steps([2], tf.float32)}, "Feature list 'g' is required but could not be found."),
        ({}, {"f": Steps([3], tf.float32)}, r"values size: 2 but output shape: \[3\]"),
        ({}, {"f": Steps([2], tf.int64)}, "Feature list: f, Index: 0.  Data types don't match. Expected type: int64"),
    ],
)
def test_what_does_not_fit_is_told(context, lists, told):
    with tf.Graph().as_default(), tf.Session() as session:
        found = [d for d in tf.io.parse_single_sequence_example(A, context, lists) if d]
        with pytest.raises(tf.errors.InvalidArgumentError, match=told):
            session.run(found)


def test_features_of_another_kind_are_refused():
    for context, lists in (({"f": LISTS["f"]}, {}), ({}, {"f": CONTEXT["a"]})):
        with tf.Graph().as_default(), pytest.raises(ValueError, match="Unsupported FixedLen"):
            tf.io.parse_single_sequence_example(A, context, lists)


def test_a_sparse_feature_is_put_together_from_two():
    feature = {"i": ints(3, 1), "v": floats(0.5, 0.25)}
    example = train.Example(features=train.Features(feature=feature)).SerializeToString()
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run(tf.parse_example([example], {"s": tf.SparseFeature("i", "v", tf.float32, 10)}))
        assert list(found) == ["s"]
        assert parts(found["s"]) == [[[0, 1], [0, 3]], [0.25, 0.5], [1, 10]]
        single = tf.parse_single_example(example, {"s": tf.SparseFeature("i", "v", tf.float32, 10, True)})
        assert parts(session.run(single)["s"]) == [[[3], [1]], [0.5, 0.25], [10]]


def test_compressed_strings_are_taken_apart():
    with tf.Graph().as_default(), tf.Session() as session:
        for kind, data in (("ZLIB", zlib.compress(b"abc")), ("GZIP", gzip.compress(b"abc")), ("", b"abc")):
            assert session.run(tf.io.decode_compressed([data], kind)).tolist() == [b"abc"]
        with pytest.raises(tf.errors.DataLossError, match="inflate"):
            session.run(tf.io.decode_compressed([b"abc"], "ZLIB"))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Only ZLIB, GZIP or NONE are supported"):
            session.run(tf.io.decode_compressed([b"abc"], "FOO"))


def test_json_becomes_an_example():
    with tf.Graph().as_default(), tf.Session() as session:
        text = '{"features": {"feature": {"a": {"int64List": {"value": [1, 2]}}}}}'
        found = session.run(tf.io.decode_json_example(text))
        assert list(train.Example.FromString(found).features.feature["a"].int64_list.value) == [1, 2]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Error while parsing JSON"):
            session.run(tf.io.decode_json_example("{"))
