"""What the nodes of a loop in a branch, with a branch in it, are."""

import undertow as tf
from undertow.ops import control_flow_util as util


def test_switches_and_merges_are_told_apart_by_what_reads_them():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.int32, name="x")

        def body(x):
            return tf.cond(tf.less(x, 100), lambda: tf.add(x, 1), lambda: tf.add(x, 2), name="inner")

        def loop():
            return tf.while_loop(lambda x: tf.less(x, 1000), body, [x])

        tf.cond(tf.less(x, 10), loop, lambda: tf.add(x, 2), name="outer")
        ops = graph.get_operations()
    assert [op.name for op in ops if util.IsLoopSwitch(op)] == ["outer/while/Switch_1"]
    assert [op.name for op in ops if util.IsLoopMerge(op)] == ["outer/while/Merge"]
    assert [op.name for op in ops if util.IsCondMerge(op)] == ["outer/while/inner/Merge", "outer/Merge"]
    assert all(util.IsCondSwitch(op) != util.IsLoopSwitch(op) for op in ops if util.IsSwitch(op))
    assert all(util.IsLoopEnter(op) or not util.IsLoopConstantEnter(op) for op in ops)
    assert sum(util.IsLoopExit(op) for op in ops) == 1


def test_what_is_inside_is_neither_fetched_nor_read_from_outside():
    import pytest

    with tf.Graph().as_default() as graph:
        kept = []

        def body(i):
            kept.append(i + 1)
            return kept[0]

        tf.while_loop(lambda i: i < 3, body, [0])
        assert not graph.is_fetchable(kept[0])
        with pytest.raises(
            ValueError, match="Cannot use 'while/add' as input to 'Neg' because 'while/add' is in a while"
        ):
            tf.negative(kept[0])
