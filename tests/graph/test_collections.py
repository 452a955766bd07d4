"""Collections of a graph."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def test_a_collection_keeps_order_and_repeats(graph):
    tf.add_to_collection("k", 1)
    tf.add_to_collections(["k", "m"], 2)
    tf.add_to_collection("k", 1)
    assert tf.get_collection("k") == [1, 2, 1]
    assert tf.get_collection("m") == [2]
    assert graph.get_all_collection_keys() == ["k", "m"]


def test_a_name_given_twice_adds_once():
    graph = tf.get_default_graph()
    graph.add_to_collections(("a", "a"), 3)
    assert tf.get_collection("a") == [3]


def test_one_name_is_not_taken_letter_by_letter(graph):
    graph.add_to_collections("str", 3)
    assert tf.get_collection("str") == [3]
    assert tf.get_collection("s") == []


def test_a_collection_that_is_not_there_is_empty():
    assert tf.get_collection("none") == []


def test_the_reference_is_the_collection_and_the_list_a_copy():
    tf.add_to_collection("k", 1)
    tf.get_collection_ref("k").append(5)
    tf.get_collection("k").append(7)
    assert tf.get_collection("k") == [1, 5]


def test_clearing_leaves_nothing(graph):
    tf.add_to_collection("k", 1)
    graph.clear_collection("k")
    assert tf.get_collection("k") == []


def test_a_scope_chooses_what_has_a_name_that_matches_from_its_start():
    with tf.name_scope("s"):
        v = tf.constant(1, name="v")
    for item in (v, tf.constant(1, name="r"), 3):
        tf.add_to_collection("t", item)
    assert tf.get_collection("t", scope="s") == [v]
    assert tf.get_collection("t", "s/.*v") == [v]
    assert tf.get_collection("t", "v") == []
