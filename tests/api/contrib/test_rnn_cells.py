"""The rarer cells of tf.contrib.rnn: what they refuse, and where they start. `parity/contrib_rnn` has their numbers."""

import numpy as np
import pytest

import undertow as tf
from undertow.compat.old_paths import old_module

rnn = tf.contrib.rnn
private = old_module("contrib.rnn.python.ops.rnn_cell")
PAIR = (np.zeros([2, 3], np.float32),) * 2


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def unknown_depth():
    return tf.placeholder(tf.float32, [2, None])


GRID = {"feature_size": 2, "frequency_skip": 1}
BLOCKS = {**GRID, "num_frequency_blocks": [2, 1]}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rnn.GLSTMCell(5, number_of_groups=2), "num_units must be divisible by number_of_groups"),
        (lambda: rnn.GLSTMCell(4, num_proj=3, number_of_groups=2), "num_proj must be divisible by number_of_groups"),
        (lambda: rnn.GridLSTMCell(3), "Must specify num_frequency_blocks"),
        (lambda: rnn.GridLSTMCell(3, **GRID, num_frequency_blocks=[3])(tf.zeros([2, 3]), PAIR * 3), "requires 3 but"),
        (
            lambda: rnn.GridLSTMCell(3, **BLOCKS, start_freqindex_list=[0], end_freqindex_list=[3, 4])(
                tf.zeros([2, 4]), PAIR * 3
            ),
            "Length of start and end freqindex_list does not match",
        ),
        (
            lambda: rnn.GridLSTMCell(3, **GRID, num_frequency_blocks=[2], num_unit_shards=10)(
                tf.zeros([2, 3]), PAIR * 2
            ),
            r"Too many shards: shape=\[8, 12\], num_shards=10",
        ),
        (lambda: rnn.TimeFreqLSTMCell(3, feature_size=2)(unknown_depth(), tf.zeros([2, 6])), "Cannot infer input_size"),
        (lambda: rnn.IntersectionRNNCell(3)(unknown_depth(), tf.zeros([2, 3])), "Could not infer input size"),
        (lambda: rnn.IntersectionRNNCell(3)(tf.zeros([2, 4]), tf.zeros([2, 3])), "Must have input size == output size"),
        (lambda: rnn.CoupledInputForgetGateLSTMCell(3)(unknown_depth(), PAIR), "Could not infer input size"),
        (lambda: private.LayerNormLSTMCell(3)(unknown_depth(), PAIR), "Could not infer input size"),
        (lambda: private.WeightNormLSTMCell(3)(unknown_depth(), PAIR), "Could not infer input size"),
        (lambda: private.CFNCell(3, activation="of my own"), "Unknown activation function"),
        (lambda: private.CFNCell(3, kernel_initializer="of my own"), "Unknown initializer"),
        (lambda: rnn.GRUBlockCell(), "num_units or cell_size must be provided"),
        (lambda: rnn.LSTMBlockFusedCell(3)(tf.zeros([2, 4, 3])), "Either initial_state or dtype"),
    ],
)
def test_says_what_is_wrong(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_machine_has_a_cell_for_a_controller():
    with pytest.raises(TypeError, match="is not an RNNCell"):
        private.NTMCell(None, 5, 4, 1, 1)


def test_a_block_wrapper_is_for_subclasses():
    with pytest.raises(TypeError, match="abstract"):
        rnn.LSTMBlockWrapper()


def test_units_of_a_phased_cell_start_with_periods_between_the_bounds():
    cell = rnn.PhasedLSTMCell(50, period_init_min=2.0, period_init_max=3.0, trainable_ratio_on=False)
    cell((tf.zeros([2, 1]), tf.zeros([2, 3])), cell.zero_state(2, tf.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        period, phase, ratio = session.run([v for v in tf.global_variables() if "/p" in v.name or "ratio" in v.name])
    assert period.min() >= 2 and period.max() <= 3
    assert phase.min() >= 0 and phase.max() <= 3
    assert (ratio == np.float32(0.1)).all()
    assert all("ratio_on" not in v.name for v in tf.trainable_variables())


def test_states_of_a_grid_are_named_by_window_and_block():
    cell = rnn.BidirectionalGridLSTMCell(3, **BLOCKS, start_freqindex_list=[0, 2], end_freqindex_list=[3, 4])
    assert cell.state_tuple_type.__name__ == "BidirectionalGridLSTMStateTuple"
    assert cell.state_size._fields[4:7] == ("fwd_state_f00_b01_c", "fwd_state_f00_b01_m", "bwd_state_f00_b00_c")
    assert cell.output_size == 36
    assert rnn.GridLSTMCell(3, **BLOCKS, state_is_tuple=False).state_tuple_type is None


def test_a_machine_starts_from_its_variables_whatever_the_state_holds():
    tf.set_random_seed(1)
    cell = private.NTMCell(tf.nn.rnn_cell.BasicRNNCell(3), 5, 4, 1, 1)
    x, start = tf.ones([2, 3]), cell.zero_state(2, tf.float32)
    other = start._replace(M=7 + start.M, w_list=[w + 3 for w in start.w_list])
    outputs = [cell(x, start)[0], cell(x, other)[0], cell(x, other._replace(time=1))[0]]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        first, same, later = session.run(outputs)
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, later)


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.nn.rnn_cell.BasicRNNCell(3, activation="relu"),
        lambda: tf.nn.rnn_cell.GRUCell(3, kernel_initializer=tf.ones_initializer()),
        lambda: tf.nn.rnn_cell.LSTMCell(3, num_proj=2, cell_clip=0.5),
    ],
)
def test_a_cell_can_be_made_again_of_its_configuration(make):
    cell = make()
    config = cell.get_config()
    assert {**type(cell).from_config(config).get_config(), "name": cell.name} == config


def test_a_wrapper_cannot_make_its_cell_again():
    wrapper = tf.nn.rnn_cell.ResidualWrapper(tf.nn.rnn_cell.GRUCell(3))
    config = wrapper.get_config()
    assert config["cell"]["class_name"] == "GRUCell"
    with pytest.raises(ValueError, match="cannot reconstruct the wrapped cell"):
        type(wrapper).from_config(config)
    assert type(wrapper).from_config({**config, "cell": wrapper.wrapped_cell}).output_size == 3


def test_private_helpers_are_where_programs_look_for_them():
    core, impl = old_module("contrib.rnn.python.ops.core_rnn_cell"), old_module("python.ops.rnn_cell_impl")
    assert impl._WEIGHTS_VARIABLE_NAME == "kernel" and impl.ASSERT_LIKE_RNNCELL_ERROR_REGEXP
    linear = core._Linear([tf.ones([2, 3]), tf.ones([2, 1])], 5, True)
    assert linear([tf.ones([7, 3]), tf.ones([7, 1])]).shape.as_list() == [7, 5]
    with tf.variable_scope("other"):
        assert core._linear(tf.ones([2, 3]), 4, False).shape.as_list() == [2, 4]
    assert [v.name for v in tf.global_variables()] == ["kernel:0", "bias:0", "other/kernel:0"]
    run = old_module("python.ops.rnn")
    assert run._transpose_batch_time(tf.ones([2, 3, 4])).shape.as_list() == [3, 2, 4]
    assert run._concat(2, [3, 4], static=True) == [2, 3, 4]
