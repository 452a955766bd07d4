"""Walking a graph: `op_selector`."""

import pytest

import undertow as tf
from undertow.ops import op_selector


@pytest.fixture
def chain():
    """a -> b -> c, where c waits for d and reads b twice."""
    with tf.Graph().as_default():
        a = tf.constant(1.0, name="a")
        b = tf.negative(a, name="b")
        d = tf.constant(2.0, name="d")
        with tf.control_dependencies([d]):
            c = tf.add(b, b, name="c")
        yield a, b, c, d


def names(ops):
    return sorted(op.name for op in ops)


def test_makers_and_readers_of_tensors(chain):
    a, b, c, _ = chain
    assert names(op_selector.get_generating_ops([a, c])) == ["a", "c"]
    assert names(op_selector.get_consuming_ops([a, b])) == ["b", "c"]
    assert op_selector.get_consuming_ops(c) == []


def test_a_walk_backward_meets_what_is_behind(chain):
    c = chain[2]
    assert names(op_selector.get_backward_walk_ops([c.op])) == ["a", "b", "c"]
    assert names(op_selector.get_backward_walk_ops(c, inclusive=False)) == ["a", "b"]
    assert names(op_selector.get_backward_walk_ops(c.op, control_inputs=True)) == ["a", "b", "c", "d"]


def test_a_walk_stays_where_it_is_let(chain):
    _, b, c, _ = chain
    assert names(op_selector.get_backward_walk_ops([c.op], stop_at_ts=[b])) == ["c"]
    assert names(op_selector.get_backward_walk_ops([c.op], within_ops=[b.op])) == ["b", "c"]
    assert names(op_selector.get_backward_walk_ops([c.op], within_ops_fn=lambda op: op.name != "a")) == ["b", "c"]


def test_a_walk_passes_only_what_has_a_gradient_if_that_is_asked_for(chain):
    rounded = tf.cast(tf.argmax(tf.reshape(chain[2], [1])), tf.float32, name="rounded")
    met = names(op_selector.get_backward_walk_ops(rounded, only_differentiable=True))
    assert met == ["rounded"]


def test_ops_and_tensors_are_listed_from_a_graph_or_a_list(chain):
    a, b, c, d = chain
    assert names(op_selector.make_list_of_op(a.graph)) == ["a", "b", "c", "d"]
    assert op_selector.make_list_of_t((a, a.op, b), ignore_ops=True) == [a, b]
    assert op_selector.make_list_of_t(a.graph) == [a, b, d, c]
    with pytest.raises(TypeError, match="Expected a type in"):
        op_selector.make_list_of_t((a, a.op))
    with pytest.raises(TypeError, match="allow_graph is False"):
        op_selector.make_list_of_op(a.graph, allow_graph=False)


def test_things_of_two_graphs_do_not_go_together(chain):
    with tf.Graph().as_default():
        other = tf.constant(1)
    with pytest.raises(ValueError, match="does not belong to given graph"):
        op_selector.get_unique_graph([chain[0], other])
    with pytest.raises(ValueError, match="Wrong graph"):
        op_selector.check_graphs(chain[0], other)
    with pytest.raises(ValueError, match="empty list"):
        op_selector.get_unique_graph([])
    assert op_selector.get_unique_graph([], none_if_empty=True) is None


def test_what_is_new_is_put_behind():
    assert op_selector.concatenate_unique([1, 2], [2, 3, 3]) == [1, 2, 3]
