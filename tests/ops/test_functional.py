"""What tf.map_fn, tf.scan, tf.foldl and tf.foldr refuse, and what is known of their shapes."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize("name", ["map_fn", "scan", "foldl", "foldr"])
def test_functions_must_be_callable_and_elements_no_scalars(name):
    function = getattr(tf, name)
    with pytest.raises(TypeError, match="fn must be callable"):
        function(1, [1.0])
    with pytest.raises(ValueError, match="not a scalar"):
        function(lambda *a: a[0], tf.constant(1.0))


def test_a_map_to_another_structure_needs_dtype():
    x = tf.ones([2])
    with pytest.raises(ValueError, match=r"same (nested )?structure"):
        tf.map_fn(lambda v: (v, v), x)
    with pytest.raises(TypeError, match=r"same (nested structure|sequence type)"):
        tf.map_fn(lambda v: (v, v), x, dtype=[tf.float32, tf.float32])


def test_results_keep_the_static_number_of_elements():
    x = tf.placeholder(tf.float32, [4, 3])
    assert tf.map_fn(lambda v: v * 2, x).shape.as_list() == [4, 3]
    assert tf.scan(lambda a, v: a + v, x).shape.as_list() == [4, 3]
    assert tf.foldl(lambda a, v: a + v, x).shape.as_list() == [3]
    assert tf.map_fn(lambda v: v, tf.placeholder(tf.float32, [None, 3])).shape.as_list() == [None, 3]


def test_two_runs_of_a_map_start_afresh():
    x = tf.placeholder(tf.float32, [None])
    doubled = tf.map_fn(lambda v: v * 2, x)
    with tf.Session() as session:
        assert session.run(doubled, {x: [1, 2]}).tolist() == [2, 4]
        assert session.run(doubled, {x: [3]}).tolist() == [6]
