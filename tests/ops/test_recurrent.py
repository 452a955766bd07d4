"""LSTMs and GRUs in one op: shapes, gradient ops, what they refuse. `parity/contrib_rnn` has the numbers."""

import numpy as np
import pytest

import undertow as tf

T, B, D, N = 4, 2, 3, 5


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def sine(*shape):
    return tf.constant(np.sin(np.arange(np.prod(shape)) + len(shape)).reshape(shape).astype(np.float32))


def lstm_inputs(**changed):
    inputs = {
        "x": sine(T, B, D), "cs_prev": sine(B, N), "h_prev": 0.5 * sine(B, N), "w": sine(D + N, 4 * N),
        "wci": sine(N), "wcf": 2 * sine(N), "wco": -sine(N), "b": sine(4 * N),
    }  # fmt: skip
    return {**inputs, **changed}


def run(fetches):
    with tf.Session() as session:
        return session.run(fetches)


def test_unknown_time_and_batch_stay_unknown():
    x = tf.placeholder(tf.float32, [None, None, D])
    block = tf.raw_ops.BlockLSTM(seq_len_max=tf.constant(2, tf.int64), **lstm_inputs(x=x))
    assert block.h.shape.as_list() == [None, None, N]
    cell = tf.raw_ops.LSTMBlockCell(**lstm_inputs(x=tf.placeholder(tf.float32, [None, D])))
    assert cell.cs.shape.as_list() == [None, N]
    gru = tf.raw_ops.GRUBlockCell(
        x=tf.placeholder(tf.float32), h_prev=sine(B, N), w_ru=sine(D + N, 2 * N), w_c=sine(D + N, N), b_ru=sine(2 * N),
        b_c=sine(N),
    )  # fmt: skip
    assert gru.h.shape.as_list() == [None, N]


@pytest.mark.parametrize("steps", [0, 2, 9])
def test_steps_past_the_longest_sequence_are_zeros(steps):
    block = tf.raw_ops.BlockLSTM(seq_len_max=tf.constant(steps, tf.int64), **lstm_inputs())
    h, x_grad = run([block.h, tf.gradients(block.h, block.h.op.inputs[1])[0]])
    assert h[:steps].all()
    assert not h[steps:].any() and not x_grad[steps:].any()


@pytest.mark.parametrize("use_peephole", [False, True])
def test_the_gradient_op_of_a_sequence_gives_what_gradients_gives(use_peephole):
    told = {"seq_len_max": tf.constant(3, tf.int64), **lstm_inputs()}
    block = tf.raw_ops.BlockLSTM(**told, use_peephole=use_peephole, cell_clip=0.7)
    h_grad, cs_grad = sine(T, B, N), 2 * sine(T, B, N)
    inputs = list(block.h.op.inputs)[1:]
    wanted = tf.gradients([block.h, block.cs], inputs, [h_grad, cs_grad])
    gates = {name: getattr(block, name) for name in ("i", "cs", "f", "o", "ci", "co", "h")}
    found = tf.raw_ops.BlockLSTMGrad(**told, **gates, cs_grad=cs_grad, h_grad=h_grad, use_peephole=use_peephole)
    for a, b in zip(*run([list(found), wanted])):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_the_gradient_op_of_a_step_gives_the_gates_from_which_the_kernels_follows():
    inputs = lstm_inputs(x=sine(B, D))
    cell = tf.raw_ops.LSTMBlockCell(**inputs, use_peephole=True)
    gates = {name: getattr(cell, name) for name in ("i", "cs", "f", "o", "ci", "co")}
    h_grad, cs_grad = sine(B, N), 2 * sine(B, N)
    found = tf.raw_ops.LSTMBlockCellGrad(**inputs, **gates, cs_grad=cs_grad, h_grad=h_grad, use_peephole=True)
    names = ["cs_prev", "w", "wci", "wcf", "wco", "b"]
    wanted = tf.gradients([cell.h, cell.cs], [inputs[name] for name in names], [h_grad, cs_grad])
    seen = tf.concat([inputs["x"], inputs["h_prev"]], 1)
    dw, db = tf.matmul(seen, found.dicfo, transpose_a=True), tf.reduce_sum(found.dicfo, 0)
    given = [found.cs_prev_grad, dw, found.wci_grad, found.wcf_grad, found.wco_grad, db]
    for a, b in zip(*run([given, wanted])):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_the_gradient_op_of_a_gru_gives_what_gradients_gives():
    inputs = {
        "x": sine(B, D), "h_prev": sine(B, N), "w_ru": sine(D + N, 2 * N), "w_c": sine(D + N, N), "b_ru": sine(2 * N),
        "b_c": sine(N),
    }  # fmt: skip
    cell = tf.raw_ops.GRUBlockCell(**inputs)
    d_h = sine(B, N)
    found = tf.raw_ops.GRUBlockCellGrad(**inputs, r=cell.r, u=cell.u, c=cell.c, d_h=d_h)
    wanted = tf.gradients(cell.h, [inputs[name] for name in ("x", "h_prev", "b_c", "b_ru")], d_h)
    given = [found.d_x, found.d_h_prev, tf.reduce_sum(found.d_c_bar, 0), tf.reduce_sum(found.d_r_bar_u_bar, 0)]
    for a, b in zip(*run([given, wanted])):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_gates_have_no_gradient():
    block = tf.raw_ops.BlockLSTM(seq_len_max=tf.constant(T, tf.int64), **lstm_inputs())
    assert not run(tf.gradients(block.i, block.h.op.inputs[1])[0]).any()


def test_weights_of_another_size_are_named():
    block = tf.raw_ops.BlockLSTM(seq_len_max=tf.constant(T, tf.int64), **lstm_inputs(w=sine(D + N, 3 * N)))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"w must have shape \[8, 20\], got \[8, 15\]"):
        run(block.h)


def test_a_second_derivative_is_refused_and_not_wrong():
    cell = tf.raw_ops.LSTMBlockCell(**lstm_inputs(x=sine(B, D)))
    first = tf.gradients(cell.h, cell.h.op.inputs[0])[0]
    second = tf.gradients(first, cell.h.op.inputs[0])[0]
    run(first)
    with pytest.raises(LookupError, match="has no gradient"):
        run(second)
