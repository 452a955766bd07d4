"""Sorting: the nodes it makes."""

import undertow as tf


def test_a_sort_makes_tensorflows_nodes_the_unused_rank_included():
    with tf.Graph().as_default() as graph:
        tf.sort(tf.placeholder(tf.float32, [3, 4]), direction="DESCENDING")
        assert [op.name for op in graph.get_operations()[1:]] == [
            "sort/axis",
            "sort/Shape",
            "sort/strided_slice/stack",
            "sort/strided_slice/stack_1",
            "sort/strided_slice/stack_2",
            "sort/strided_slice",
            "sort/Rank",
            "sort/TopKV2",
        ]
