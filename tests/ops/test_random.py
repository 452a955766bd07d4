"""Random ops: seeds, shapes and dtypes as the graph is built. The numbers are `tests/parity`'s."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def _seeds(tensor_or_op_name):
    op = tf.get_default_graph().get_operation_by_name(tensor_or_op_name)
    return op.get_attr("seed"), op.get_attr("seed2")


def test_without_any_seed_an_op_is_not_seeded():
    tf.random_normal([1])
    assert _seeds("random_normal/RandomStandardNormal") == (0, 0)


def test_an_ops_own_seed_goes_with_the_default_graph_seed():
    tf.random_normal([1], seed=5)
    assert _seeds("random_normal/RandomStandardNormal") == (87654321, 5)


def test_a_graph_seed_goes_with_the_number_of_ops_made_before():
    tf.set_random_seed(7)
    tf.random_normal([1])  # after its shape, mean and stddev
    assert _seeds("random_normal/RandomStandardNormal") == (7, 3)
    tf.random_uniform([1])  # three more ops of the first, three of its own
    assert _seeds("random_uniform/RandomUniform") == (7, 9)


def test_uniform_of_the_default_bounds_has_the_nodes_of_1_15():
    tf.random_uniform([2])
    nodes = [(op.name.removeprefix("random_uniform/"), op.type) for op in tf.get_default_graph().get_operations()]
    assert nodes == [
        ("shape", "Const"), ("min", "Const"), ("max", "Const"), ("RandomUniform", "RandomUniform"), ("sub", "Sub"),
        ("mul", "Mul"), ("random_uniform", "AddV2"),
    ]  # fmt: skip


def test_uniform_integers_need_an_upper_bound():
    with pytest.raises(ValueError, match="Must specify maxval for integer dtype"):
        tf.random_uniform([2], dtype=tf.int32)
    with pytest.raises(ValueError, match="Argument `dtype` got invalid value"):
        tf.random_uniform([2], maxval=3, dtype=tf.uint8)


def test_a_shape_that_is_not_known_gives_what_is_known_of_it():
    rows = tf.placeholder(tf.int32, [])
    assert tf.random_normal([rows, 3]).shape.as_list() == [None, 3]
    assert tf.multinomial(tf.placeholder(tf.float32, [None, 4]), 5).shape.as_list() == [None, 5]
    assert tf.random_gamma([3], [1.0, 2.0]).shape.as_list() == [3, 2]


def test_runs_without_a_seed_differ_and_sessions_with_a_seed_agree():
    free, seeded = tf.random_normal([4]), tf.random_normal([4], seed=1)
    with tf.Session() as session:
        a, b = session.run(free), session.run(free)
        first, second = session.run(seeded), session.run(seeded)
    assert not np.array_equal(a, b)
    assert not np.array_equal(first, second)
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(seeded), first)
        np.testing.assert_array_equal(session.run(seeded), second)


def test_free_numbers_have_their_distributions_moments():
    n = 200_000  # the mean of n is off by less than 5 deviations / √n
    drawn = {
        "uniform": (tf.random_uniform([n], 2.0, 4.0), 3.0, 2 / 12**0.5),
        "normal": (tf.random_normal([n], 1.0, 3.0), 1.0, 3.0),
        "truncated": (tf.truncated_normal([n], 1.0, 3.0), 1.0, 3.0 * 0.87963),
        "gamma": (tf.random_gamma([n], 2.0, 4.0), 0.5, 2**0.5 / 4),
        "poisson": (tf.random_poisson(3.0, [n]), 3.0, 3**0.5),
    }
    with tf.Session() as session:
        for name, (tensor, mean, deviation) in drawn.items():
            values = session.run(tensor)
            assert abs(values.mean() - mean) < 5 * deviation / n**0.5, name
            assert abs(values.std() - deviation) < 0.02 * deviation, name


def test_free_integers_and_choices_stay_in_range():
    whole = tf.random_uniform([1000], 3, 6, tf.int32)
    chosen = tf.multinomial([[0.0, -1e30, 0.0]], 1000)
    shuffled = tf.random_shuffle(tf.constant([1, 2, 3, 4]))
    with tf.Session() as session:
        assert set(session.run(whole).tolist()) == {3, 4, 5}
        assert set(session.run(chosen)[0].tolist()) == {0, 2}
        assert sorted(session.run(shuffled).tolist()) == [1, 2, 3, 4]


def test_bounds_that_leave_nothing_fail_in_the_run():
    drawn = tf.random_uniform([2], 5, 5, tf.int32)
    with (
        tf.Session() as session,
        pytest.raises(tf.errors.InvalidArgumentError, match="Need minval < maxval, got 5 >= 5"),
    ):
        session.run(drawn)
