"""tf.data.Dataset: its methods' elements, what is known of them, what is refused."""

from __future__ import annotations

import collections

import numpy as np
import pytest

import undertow as tf

Dataset = tf.data.Dataset


def test_a_dataset_prints_its_shapes_and_types():
    dataset = Dataset.from_tensor_slices((np.zeros((3, 2), np.float32), np.zeros(3, np.int64)))
    assert repr(dataset) == "<DatasetV1Adapter shapes: ((2,), ()), types: (tf.float32, tf.int64)>"


def test_elements_keep_the_structure_they_were_given(elements):
    Pair = collections.namedtuple("Pair", "x y")
    element = Pair([1, 2], {"b": [3.0, 4.0], "a": ["s", "t"]})
    dataset = Dataset.from_tensor_slices(element)
    assert dataset.output_types == Pair(tf.int32, {"b": tf.float32, "a": tf.string})
    iterator = dataset.make_one_shot_iterator()
    assert isinstance(iterator.get_next(), Pair)
    assert elements(dataset) == [(1, {"b": 3.0, "a": b"s"}), (2, {"b": 4.0, "a": b"t"})]


def test_a_list_is_one_tensor(elements):
    assert elements(Dataset.from_tensors([1, 2])) == [[1, 2]]


def test_a_list_that_a_function_returns_is_a_tuple(elements):
    assert elements(Dataset.range(2).map(lambda x: [x, x + 1])) == [(0, 1), (1, 2)]


def test_slices_need_a_first_dimension_of_one_size(elements):
    with pytest.raises(ValueError, match="rank >= 1"):
        Dataset.from_tensor_slices(3)
    with pytest.raises(ValueError, match="Dimensions 3 and 4 are not compatible"):
        Dataset.from_tensor_slices((np.zeros(3), np.zeros(4)))
    x, y = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
    with pytest.raises(tf.errors.InvalidArgumentError, match="same size in the 0th dimension"):
        elements(Dataset.from_tensor_slices((x, y)), {x: [1.0], y: [1.0, 2.0]})


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda d: d.repeat(2), [0, 1, 2, 3, 4] * 2),
        (lambda d: d.repeat(0), []),
        (lambda d: d.take(2), [0, 1]),
        (lambda d: d.take(-1), [0, 1, 2, 3, 4]),
        (lambda d: d.skip(3), [3, 4]),
        (lambda d: d.skip(-1), []),
        (lambda d: d.shard(2, 1), [1, 3]),
        (lambda d: d.batch(2), [[0, 1], [2, 3], [4]]),
        (lambda d: d.batch(2, drop_remainder=True), [[0, 1], [2, 3]]),
        (lambda d: d.batch(2).unbatch(), [0, 1, 2, 3, 4]),
        (lambda d: d.batch(2).batch(2, True), [[[0, 1], [2, 3]]]),
        (lambda d: d.prefetch(2).cache().repeat(2), [0, 1, 2, 3, 4] * 2),
        (lambda d: d.filter(lambda x: tf.equal(x % 2, 0)), [0, 2, 4]),
        (lambda d: d.map(lambda x: x * x, num_parallel_calls=4), [0, 1, 4, 9, 16]),
        (lambda d: d.flat_map(lambda x: Dataset.range(x)), [0, 0, 1, 0, 1, 2, 0, 1, 2, 3]),
        (lambda d: d.concatenate(d.take(1)), [0, 1, 2, 3, 4, 0]),
        (lambda d: d.enumerate(5).map(lambda i, x: i + x), [5, 7, 9, 11, 13]),
        (lambda d: d.apply(lambda dataset: dataset.take(1)), [0]),
    ],
)
def test_elements(elements, make, expected):
    assert elements(make(Dataset.range(5))) == expected


def test_ranges_count_as_pythons_do(elements):
    assert elements(Dataset.range(10, 0, -3)) == [10, 7, 4, 1]
    with pytest.raises(tf.errors.InvalidArgumentError, match="step must be a non-zero integer"):
        elements(Dataset.range(3, 9, 0))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda d: d.batch(0), "Batch size must be greater than zero"),
        (lambda d: d.shuffle(0), "buffer_size must be greater than zero"),
        (lambda d: d.shard(3, 3), "Index must be between 0 and 2"),
        (lambda d: d.map(lambda x: tf.fill([x], x)).batch(2), r"different shapes in component 0.*\[0\].*\[1\]"),
        (lambda d: d.window(0), "Window size must be"),
    ],
)
def test_bad_numbers_are_told_in_the_run(elements, make, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        elements(make(Dataset.range(5)))


def test_a_batch_has_a_known_size_if_no_remainder_is_kept():
    assert Dataset.range(5).batch(2).output_shapes.as_list() == [None]
    assert Dataset.range(5).batch(2, drop_remainder=True).output_shapes.as_list() == [2]
    assert Dataset.range(5).batch(tf.placeholder(tf.int64), drop_remainder=True).output_shapes.as_list() == [None]


def test_concatenated_elements_are_of_one_type(elements):
    both = Dataset.from_tensors([1, 2]).concatenate(Dataset.from_tensors([1, 2, 3]))
    assert both.output_shapes.as_list() == [None]
    assert elements(both) == [[1, 2], [1, 2, 3]]
    with pytest.raises(TypeError, match="different types"):
        Dataset.range(3).concatenate(Dataset.from_tensors(1.0))


def test_what_functions_may_return():
    numbers = Dataset.range(3)
    with pytest.raises(ValueError, match="scalar bool"):
        numbers.filter(lambda x: x)
    with pytest.raises(TypeError, match="must return a `Dataset`"):
        numbers.flat_map(lambda x: x)
    with pytest.raises(TypeError, match="Unsupported return value"):
        numbers.map(lambda x: None)
    with pytest.raises(TypeError, match="must return a Dataset"):
        numbers.apply(lambda d: 3)


def test_zip_takes_tuples_and_dicts_but_no_list(elements):
    a, b = Dataset.range(3), Dataset.range(10, 12)
    assert elements(Dataset.zip({"a": a, "b": (b, a)})) == [{"a": 0, "b": (10, 0)}, {"a": 1, "b": (11, 1)}]
    with pytest.raises(TypeError, match="use a tuple"):
        Dataset.zip([a, b])


def test_a_dataset_cannot_be_gone_over_in_python():
    with pytest.raises(RuntimeError, match="eager"):
        list(Dataset.range(3))


def test_unseeded_random_ops_draw_anew_for_each_element(elements):
    drawn = elements(Dataset.range(20).map(lambda _: tf.random_uniform([])))
    assert len(set(drawn)) == 20


def test_a_shuffle_without_a_seed_gives_all_elements_in_orders_of_its_own(elements):
    dataset = Dataset.range(50).shuffle(50)
    first, second = elements(dataset), elements(dataset)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    twice = elements(Dataset.range(50).shuffle(50, reshuffle_each_iteration=False).repeat(2))
    assert twice[:50] == twice[50:]


def test_python_functions_run_in_map(elements):
    seen = []

    def note(x):
        seen.append(int(x))
        return x + np.int64(1)

    assert elements(Dataset.range(3).map(lambda x: tf.py_func(note, [x], tf.int64))) == [1, 2, 3]
    assert seen == [0, 1, 2]


def test_ops_without_outputs_run_too(elements):
    def checked(x):
        tf.Assert(x < 2, [x])
        return x

    with pytest.raises(tf.errors.InvalidArgumentError, match="assertion failed"):
        elements(Dataset.range(3).map(checked))


def test_an_iterator_goes_on_after_an_element_that_failed():
    bad = Dataset.from_tensor_slices([1.0, 0.0, 4.0]).map(lambda x: tf.check_numerics(1 / x, "inverse"))
    element = bad.make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(element) == 1
        with pytest.raises(tf.errors.InvalidArgumentError, match="inverse"):
            session.run(element)
        assert session.run(element) == 0.25


def test_windows_are_datasets_in_the_elements_structure(elements):
    windows = Dataset.from_tensor_slices({"a": [1, 2, 3]}).window(2)
    assert elements(windows.flat_map(lambda w: w["a"].batch(2))) == [[1, 2], [3]]


def test_functions_see_the_tensors_of_functions_around_them(elements):
    ten = tf.constant(10, tf.int64)
    nested = Dataset.range(1, 3).flat_map(lambda x: Dataset.range(2).map(lambda y: x * ten + y))
    assert elements(nested) == [10, 11, 20, 21]


def test_reduce_goes_on_from_state_to_state():
    total, count = Dataset.range(5).reduce((np.int64(0), 0), lambda s, x: (s[0] + x, s[1] + 1))
    with tf.Session() as session:
        assert session.run((total, count)) == (10, 5)
    with pytest.raises(TypeError, match="new state must match"):
        Dataset.range(5).reduce(0.0, lambda s, x: x)


def test_padded_shapes_fit_the_elements():
    dataset = Dataset.from_tensors([1, 2, 3])
    assert dataset.padded_batch(2, [5]).output_shapes.as_list() == [None, 5]
    for wrong in ([2], [None, None]):
        with pytest.raises(ValueError, match="not compatible with the component shape"):
            dataset.padded_batch(2, wrong)


def test_an_element_larger_than_its_padded_shape_is_refused(elements):
    with pytest.raises(tf.errors.DataLossError, match="smaller size"):
        elements(Dataset.range(5).map(lambda x: tf.fill([x], x)).padded_batch(5, [2]))


def test_a_generator_is_called_anew_for_each_pass_with_its_arguments(elements):
    def count(limit):
        for i in range(limit):
            yield i, f"s{i}"

    dataset = Dataset.from_generator(count, (tf.int32, tf.string), ([], []), args=(tf.constant(2),))
    assert elements(dataset.repeat(2)) == [(0, b"s0"), (1, b"s1")] * 2


@pytest.mark.parametrize(
    ("values", "types", "shapes", "message"),
    [
        ([[1], [1, 2]], tf.int32, [1], r"shape \(2,\) where an element of shape \(1,\) was expected"),
        (["x"], tf.int32, [], "could not be converted to the expected type.*int32"),
        ([(1, 2, 3)], (tf.int32, tf.int32), ([], []), "did not match the expected structure"),
    ],
)
def test_what_a_generator_yields_is_checked(elements, values, types, shapes, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        elements(Dataset.from_generator(lambda: iter(values), types, shapes))


def test_options_take_only_names_that_there_are():
    options = tf.data.Options()
    options.experimental_deterministic = False
    options.experimental_optimization.map_fusion = True
    assert options.experimental_optimization.map_fusion is True
    with pytest.raises(AttributeError, match="no_such_option"):
        options.no_such_option = 1
    dataset = Dataset.range(3).with_options(options)
    assert dataset.options().experimental_deterministic is False
    with pytest.raises(TypeError, match="`options` must be"):
        dataset.with_options({})


def test_writing_to_a_fetched_batch_leaves_the_dataset_as_it_is():
    element = Dataset.from_tensor_slices(np.zeros(4)).batch(2).repeat().make_one_shot_iterator().get_next()
    with tf.Session() as session:
        for _ in range(4):
            batch = session.run(element)
            assert batch.tolist() == [0, 0]
            batch[:] = 1


def _sparse():
    return tf.SparseTensor([[0, 0], [1, 2]], [1.0, 2.0], [2, 3])


def test_sparse_components_are_told_by_their_class_and_come_out_sparse():
    dataset = Dataset.from_tensor_slices({"s": _sparse()})
    assert dataset.output_classes == {"s": tf.SparseTensor}
    assert (dataset.output_types, dataset.output_shapes["s"].as_list()) == ({"s": tf.float32}, [3])
    element = dataset.make_one_shot_iterator().get_next()["s"]
    with tf.Session() as session:
        session.run(element)
        value = session.run(element)
        assert value.values.tolist() == [2.0]
        assert (value.indices.tolist(), value.dense_shape.tolist()) == ([[2]], [3])


def test_what_cannot_be_done_with_sparse_elements_is_told():
    dataset = Dataset.from_tensor_slices(_sparse())
    with pytest.raises(TypeError, match="padded sparse tensors"):
        dataset.padded_batch(2, [3])
    with pytest.raises(tf.errors.UnimplementedError, match="unbatch of sparse"):
        dataset.unbatch()


def test_parsed_examples_are_elements(elements):
    def example(number):
        feature = {"n": tf.train.Feature(int64_list=tf.train.Int64List(value=[number] * number))}
        return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()

    def dense(parsed):
        return tf.sparse_tensor_to_dense(parsed["n"])

    dataset = Dataset.from_tensor_slices([example(n) for n in (1, 2)])
    features = {"n": tf.VarLenFeature(tf.int64)}
    one_by_one = dataset.map(lambda text: tf.parse_single_example(text, features))
    assert elements(one_by_one.map(dense)) == [[1], [2, 2]]
    assert elements(one_by_one.batch(2).map(dense)) == [[[1, 0], [2, 2]]]
    parsed = dataset.batch(2).apply(tf.data.experimental.parse_example_dataset(features))
    assert elements(parsed.map(dense)) == [[[1, 0], [2, 2]]]
