"""Beam search: `tf.contrib.seq2seq`."""

import numpy as np
from decoding import END, MEMORY, MEMORY_LENGTHS, START, TABLE, X, alike, scaled, scoped
from harness import case


def stacked(tf, state):
    """The state, its TensorArrays as tensors."""
    cell_state = tf.contrib.framework.nest.map_structure(
        lambda part: part.stack() if isinstance(part, tf.TensorArray) else part, state.cell_state
    )
    return state._replace(cell_state=cell_state)


def beams(tf, cell, state, width=3, layer=None, output_time_major=False, maximum_iterations=7, **options):
    decoder = tf.contrib.seq2seq.BeamSearchDecoder(
        cell, tf.constant(TABLE, name="table"), [START, 4], END, state, width, layer or scaled(tf), **options
    )
    return tf.contrib.seq2seq.dynamic_decode(
        decoder, output_time_major=output_time_major, maximum_iterations=maximum_iterations
    )


def attending(tf, width=3, mechanism="LuongAttention", **options):
    seq2seq = tf.contrib.seq2seq
    made = getattr(seq2seq, mechanism)(
        4,
        seq2seq.tile_batch(tf.constant(MEMORY, name="memory"), width),
        seq2seq.tile_batch(tf.constant(MEMORY_LENGTHS), width),
    )
    return seq2seq.AttentionWrapper(tf.nn.rnn_cell.BasicLSTMCell(4), made, attention_layer_size=4, **options)


@case
def beam_search(tf):
    with alike(tf):
        cell = tf.nn.rnn_cell.BasicRNNCell(5)
        return [*beams(tf, cell, cell.zero_state(6, tf.float32), layer=scaled(tf, by=0))]


@case
def beam_search_options(tf):
    found = []
    for i, options in enumerate(
        [
            {"length_penalty_weight": 1.0},
            {"length_penalty_weight": 0.6, "output_time_major": True},
            {"length_penalty_weight": 5.0, "maximum_iterations": 12},
            {"width": 1},
            {"width": 5},
            {"maximum_iterations": 2},
        ]
    ):
        with scoped(tf, f"net{i}"):
            cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicLSTMCell(4), tf.nn.rnn_cell.GRUCell(4)])
            state = cell.zero_state(2 * options.get("width", 3), tf.float32)
            found.append(beams(tf, cell, state, layer=scaled(tf, seed=i), **options))
    return found


@case
def beam_search_with_attention(tf):
    found = []
    for i, (wrapper, options) in enumerate(
        [
            ({}, {}),
            ({"mechanism": "BahdanauAttention"}, {"length_penalty_weight": 1.0}),
            ({"alignment_history": True}, {"coverage_penalty_weight": 0.4}),
            ({"alignment_history": True, "output_attention": False}, {"width": 2}),
            ({"mechanism": "LuongMonotonicAttention"}, {"coverage_penalty_weight": 0.9, "length_penalty_weight": 0.5}),
        ]
    ):
        with scoped(tf, f"net{i}"):
            width = options.get("width", 3)
            cell = attending(tf, width, **wrapper)
            start = tf.contrib.seq2seq.tile_batch(tf.constant(X[:, 0, :1] + np.arange(4, dtype=np.float32)), width)
            state = cell.zero_state(2 * width, tf.float32)
            state = state.clone(cell_state=tf.nn.rnn_cell.LSTMStateTuple(start, start))
            outputs, state, ends = beams(tf, cell, state, layer=scaled(tf, seed=i), **options)
            found.append([outputs, stacked(tf, state), ends])
    return found


@case
def beam_search_without_reordering(tf):
    with scoped(tf):
        cell = attending(tf, alignment_history=True)
        outputs, state, _ = beams(tf, cell, cell.zero_state(6, tf.float32), reorder_tensor_arrays=False)
        return [outputs, state.cell_state.alignment_history.stack()]


@case
def beam_search_of_two_mechanisms(tf):
    seq2seq = tf.contrib.seq2seq
    with scoped(tf):
        memory = seq2seq.tile_batch(tf.constant(MEMORY), 3)
        pair = [seq2seq.LuongAttention(4, memory), seq2seq.BahdanauAttention(3, memory)]
        cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), pair, [2, 3], alignment_history=True)
        state = cell.zero_state(6, tf.float32)
        outputs, state, ends = beams(tf, cell, state, coverage_penalty_weight=0.5)
        return [outputs, stacked(tf, state), ends]


@case
def beam_search_of_unknown_sizes(tf):
    seq2seq = tf.contrib.seq2seq
    memory = tf.placeholder_with_default(MEMORY, [None, None, 6], name="memory")
    starts = tf.placeholder_with_default([START, START], [None], name="starts")
    with scoped(tf):
        tiled = seq2seq.tile_batch(memory, 3)
        lengths = seq2seq.tile_batch(tf.placeholder_with_default(MEMORY_LENGTHS, [None]), 3)
        cell = seq2seq.AttentionWrapper(
            tf.nn.rnn_cell.GRUCell(4), seq2seq.LuongAttention(4, tiled, lengths), alignment_history=True
        )
        table = tf.constant(TABLE)
        decoder = seq2seq.BeamSearchDecoder(
            cell=cell,
            embedding=lambda ids: tf.nn.embedding_lookup(table, ids) * 2,
            start_tokens=starts,
            end_token=END,
            initial_state=cell.zero_state(tf.size(starts) * 3, tf.float32),
            beam_width=3,
            output_layer=scaled(tf),
            length_penalty_weight=0.7,
            coverage_penalty_weight=0.2,
        )
        return [*seq2seq.dynamic_decode(decoder, impute_finished=False, maximum_iterations=6)]


STEPS = np.array([[[2, 3, 4]], [[5, 6, 2]], [[1, 2, 9]], [[7, 8, 3]]], np.int32)  # [time, batch, beam]
PARENTS = np.array([[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]], [[2, 2, 1]]], np.int32)


@case(nodes=True)
def gather_tree(tf):
    seq2seq = tf.contrib.seq2seq
    found = [seq2seq.gather_tree(STEPS, PARENTS, [n], end) for n, end in ((4, 10), (3, 10), (4, 2), (0, 5))]
    two = np.concatenate([STEPS, STEPS[::-1]], 1), np.concatenate([PARENTS, PARENTS[::-1] % 2], 1)
    found.append(seq2seq.gather_tree(two[0], two[1], [4, 2], 2))
    parents = tf.placeholder_with_default(PARENTS, [None, None, 3])
    return [*found, seq2seq.gather_tree(STEPS, parents, max_sequence_lengths=[4], end_token=2, name="tree")]
