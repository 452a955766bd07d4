"""Embedding lookups."""

import numpy as np
from harness import case

ROWS = np.arange(21, dtype=np.float32).reshape(7, 3)


@case(nodes=True)
def one_table(tf):
    table = tf.constant(ROWS, name="table")
    ids = tf.constant([[0, 6], [3, 3]], name="ids")
    return [tf.nn.embedding_lookup(table, ids), tf.nn.embedding_lookup([table], ids, name="words")]


@case
def longer_rows_are_scaled_down(tf):
    table = tf.constant(ROWS / 10, name="table")
    return tf.nn.embedding_lookup(table, tf.constant([0, 2, 6], name="ids"), max_norm=1.0)


@case(nodes=True)
def parts_by_remainder(tf):
    parts = [tf.constant(ROWS[i::3], name=f"part_{i}") for i in range(3)]
    return tf.nn.embedding_lookup(parts, tf.constant([[0, 6], [3, 1]], name="ids"))


@case(nodes=True)
def parts_by_runs(tf):
    parts = [tf.constant(p, name=f"part_{i}") for i, p in enumerate((ROWS[:3], ROWS[3:5], ROWS[5:]))]
    return tf.nn.embedding_lookup(parts, tf.constant([[0, 6], [3, 2]], name="ids"), partition_strategy="div")


@case
def parts_of_any_length(tf):
    parts = [tf.placeholder_with_default(p, [None, 3]) for p in (ROWS[:4], ROWS[4:])]
    ids = tf.constant([6, 0, 4, 3], tf.int64)
    return [
        tf.nn.embedding_lookup(parts, ids, partition_strategy="div"),
        tf.nn.embedding_lookup([tf.constant(ROWS[0::2]), tf.constant(ROWS[1::2])], ids, max_norm=5.0),
    ]


@case
def gradients_reach_the_rows(tf):
    table = tf.constant(ROWS)
    y = tf.nn.embedding_lookup(table, tf.constant([1, 4, 1]))
    return tf.convert_to_tensor(tf.gradients(tf.square(y), table)[0])
