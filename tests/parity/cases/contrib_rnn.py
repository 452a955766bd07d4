"""The cells of `tf.contrib.rnn`, each along a short sequence. TensorFlow 1.15.5 made the golden file.

Every kernel starts from sines, biases from what the cell gives them; so what is compared is the outputs, the last
state, the gradients, and the names and shapes of the variables, which old checkpoints have to fit.
"""

import importlib

import numpy as np
from harness import case

X = np.sin(np.arange(24, dtype=np.float32)).reshape(2, 3, 4)


def hidden(tf):
    """The cells that 1.15 never gave a public name."""
    path = "contrib.rnn.python.ops.rnn_cell"
    if tf.__name__ == "undertow":
        return importlib.import_module("undertow.compat.old_paths").old_module(path)
    return importlib.import_module(f"tensorflow.{path}")


def sines(getter, name, shape=None, initializer=None, **kwargs):
    """A getter of variables whose kernels are the same everywhere."""
    kind = initializer if isinstance(initializer, type) else type(initializer)
    if kind.__name__ not in ("Zeros", "Ones", "Constant"):
        size = [int(d) for d in shape]
        values = np.sin(np.arange(np.prod(size)) * 0.7 + len(name)).reshape(size).astype(np.float32)
        values = 2 + values if "period" in name else values

        def initializer(shape=None, dtype=None, partition_info=None):
            return values

    return getter(name, shape=shape, initializer=initializer, **kwargs)


# The cell, of `r` (tf.contrib.rnn), `h` (those without a public name) and `c` (tf.nn.rnn_cell).
CELLS = {
    "sru": lambda r, h, c: r.SRUCell(3),
    "ind_rnn": lambda r, h, c: r.IndRNNCell(3),
    "indy_gru": lambda r, h, c: r.IndyGRUCell(3),
    "indy_lstm": lambda r, h, c: r.IndyLSTMCell(3, forget_bias=0.5),
    "cfn": lambda r, h, c: h.CFNCell(3),
    "minimal": lambda r, h, c: h.MinimalRNNCell(3),
    "ugrnn": lambda r, h, c: r.UGRNNCell(3),
    "intersection": lambda r, h, c: r.IntersectionRNNCell(3, num_in_proj=3),
    "intersection_of_one_size": lambda r, h, c: r.IntersectionRNNCell(4),
    "nas": lambda r, h, c: r.NASCell(3, num_proj=2, use_bias=True),
    "coupled": lambda r, h, c: r.CoupledInputForgetGateLSTMCell(3, True, num_proj=2, proj_clip=0.1, num_unit_shards=2),
    "coupled_and_normalized": lambda r, h, c: r.CoupledInputForgetGateLSTMCell(
        3, state_is_tuple=False, layer_norm=True, norm_gain=0.7, norm_shift=0.2
    ),
    "grouped": lambda r, h, c: r.GLSTMCell(4, num_proj=6, number_of_groups=2),
    "layer_norm_basic": lambda r, h, c: r.LayerNormBasicLSTMCell(3),
    "layer_norm": lambda r, h, c: h.LayerNormLSTMCell(3, True, 0.9, num_proj=2, proj_clip=0.2, layer_norm=True),
    "layer_norm_without": lambda r, h, c: h.LayerNormLSTMCell(3),
    "weight_norm": lambda r, h, c: h.WeightNormLSTMCell(3, True, True, 0.4, num_proj=2, proj_clip=0.3),
    "weight_norm_without": lambda r, h, c: h.WeightNormLSTMCell(3, norm=False),
    "grid": lambda r, h, c: r.GridLSTMCell(
        2, True, cell_clip=0.6, feature_size=2, frequency_skip=2, num_frequency_blocks=[2]
    ),
    "grid_of_blocks": lambda r, h, c: r.GridLSTMCell(
        2, True, True, num_unit_shards=2, feature_size=2, frequency_skip=1, num_frequency_blocks=[2, 1],
        start_freqindex_list=[0, 2], end_freqindex_list=[3, 4], couple_input_forget_gates=True, state_is_tuple=False,
    ),
    "grid_both_ways": lambda r, h, c: r.BidirectionalGridLSTMCell(
        2, feature_size=2, frequency_skip=1, num_frequency_blocks=[3], backward_slice_offset=1
    ),
    "lstm_block": lambda r, h, c: r.LSTMBlockCell(3, 0.5, 0.3, True),
    "lstm_block_without_peepholes": lambda r, h, c: r.LSTMBlockCell(3),
    "gru_block": lambda r, h, c: r.GRUBlockCell(3),
    "gru_block_v2": lambda r, h, c: r.GRUBlockCellV2(3),
    "attention": lambda r, h, c: r.AttentionCellWrapper(c.BasicLSTMCell(3), 2, attn_size=3, attn_vec_size=2),
    "attention_of_joined_states": lambda r, h, c: r.AttentionCellWrapper(
        c.BasicLSTMCell(3, state_is_tuple=False), 2, state_is_tuple=False
    ),
    "highway": lambda r, h, c: r.HighwayWrapper(c.GRUCell(4)),
    "highway_of_two_gates": lambda r, h, c: r.HighwayWrapper(c.GRUCell(4), couple_carry_transform_gates=False),
    "compiled": lambda r, h, c: r.CompiledWrapper(c.GRUCell(3)),
    "projected_inputs": lambda r, h, c: r.InputProjectionWrapper(c.GRUCell(3), 2),
    "projected_outputs": lambda r, h, c: r.OutputProjectionWrapper(c.GRUCell(3), 2),
}  # fmt: skip


def flat(tf, structure):
    return tf.contrib.framework.nest.flatten(structure)


def with_gradients(tf, outputs, state, *xs):
    results = [t for t in [*flat(tf, outputs), *flat(tf, state)] if hasattr(t, "dtype") and t.dtype.is_floating]
    variables = tf.trainable_variables()
    loss = sum(tf.reduce_sum(tf.square(t)) for t in results)
    names = tf.constant([f"{v.name} {v.shape.as_list()}" for v in tf.global_variables()])
    gradients = [None if g is None else tf.convert_to_tensor(g) for g in tf.gradients(loss, [*xs, *variables])]
    return [results, gradients, names]


def along_a_sequence(name, make):
    def build(tf):
        x = tf.constant(X)
        with tf.variable_scope("net", custom_getter=sines):
            cell = make(tf.contrib.rnn, hidden(tf), tf.nn.rnn_cell)
            outputs, state = tf.nn.dynamic_rnn(cell, x, sequence_length=[3, 2], dtype=tf.float32)
        return with_gradients(tf, outputs, state, x)

    build.__name__ = name
    case(build, rtol=1e-4, atol=1e-5)


for _name, _make in CELLS.items():
    along_a_sequence(_name, _make)


def steps(tf, cell, inputs, state):
    outputs = []
    for x in inputs:
        output, state = cell(x, state)
        outputs.append(output)
    return outputs, state


@case(rtol=1e-4)
def neural_turing_machine(tf):
    x = tf.constant(X)
    with tf.variable_scope("net", custom_getter=sines):
        cell = hidden(tf).NTMCell(tf.nn.rnn_cell.LSTMCell(3), 5, 4, 2, 1, output_dim=2)
        return with_gradients(tf, *steps(tf, cell, tf.unstack(x, axis=1), cell.zero_state(2, tf.float32)), x)


@case
def phased(tf):
    x = tf.constant(X)
    times = tf.constant([[0.3], [1.2]], tf.float64)
    with tf.variable_scope("net", custom_getter=sines):
        cell = tf.contrib.rnn.PhasedLSTMCell(3, use_peepholes=True, ratio_on=0.4)
        inputs = [(times + 0.7 * i, part) for i, part in enumerate(tf.unstack(x, axis=1))]
        return with_gradients(tf, *steps(tf, cell, inputs, cell.zero_state(2, tf.float32)), x)


@case
def time_frequency(tf):
    x = tf.constant(X)
    with tf.variable_scope("net", custom_getter=sines):
        cell = tf.contrib.rnn.TimeFreqLSTMCell(2, True, 0.5, feature_size=2, frequency_skip=1)
        return with_gradients(tf, *steps(tf, cell, tf.unstack(x, axis=1), tf.zeros([2, 12])), x)


@case
def embedding(tf):
    words = tf.constant([[[1], [0]], [[2], [1]]])
    with tf.variable_scope("net", custom_getter=sines):
        cell = tf.contrib.rnn.EmbeddingWrapper(tf.nn.rnn_cell.GRUCell(3), 3, 2)
        outputs, state = tf.nn.dynamic_rnn(cell, words, dtype=tf.float32)
    return with_gradients(tf, outputs, state)


@case
def convolutional(tf):
    x = tf.constant(np.sin(np.arange(72, dtype=np.float32)).reshape(2, 3, 2, 3, 2))
    with tf.variable_scope("net", custom_getter=sines):
        cell = tf.contrib.rnn.Conv2DLSTMCell(input_shape=[2, 3, 2], output_channels=2, kernel_shape=[2, 2])
        outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    return with_gradients(tf, outputs, state, x)


@case
def fused(tf):
    x = tf.constant(X)
    with tf.variable_scope("net", custom_getter=sines):
        plain = tf.contrib.rnn.LSTMBlockFusedCell(3)(x, dtype=tf.float32)
        clipped = tf.contrib.rnn.LSTMBlockFusedCell(3, 0.5, 0.3, use_peephole=True, name="clipped")
        start = tf.ones([3, 3]), 0.5 * tf.ones([3, 3])
        ending = clipped(x, initial_state=start, sequence_length=[2, 0, 1])
        back = tf.contrib.rnn.TimeReversedFusedRNN(tf.contrib.rnn.LSTMBlockFusedCell(3, name="back"))
        turned = back(x, dtype=tf.float32, sequence_length=[2, 1, 1])
    return with_gradients(tf, [plain[0], ending[0], turned[0]], [plain[1], ending[1], turned[1]], x)


@case
def gates_in_the_second_order(tf):
    def sine(*shape):
        return tf.constant(np.sin(np.arange(np.prod(shape)) + len(shape)).reshape(shape).astype(np.float32))

    x, c, h, w, b, p = sine(3, 2, 4), sine(2, 3), sine(2, 3), sine(7, 12), sine(12), sine(3)
    found = tf.raw_ops.BlockLSTMV2(
        seq_len_max=tf.constant(2, tf.int64), x=x, cs_prev=c, h_prev=h, w=w, wci=p, wcf=2 * p, wco=-p, b=b,
        cell_clip=0.6, use_peephole=True,
    )  # fmt: skip
    return [found.cs, found.h, tf.gradients(tf.reduce_sum(found.h * found.cs), [x, c, h, w, b, p])]
