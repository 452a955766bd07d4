"""Facts of the layers' base that graphs and numbers do not show."""

import copy

import pytest

import undertow as tf
from undertow.api.layers import base, engine
from undertow.api.layers.input_spec import InputSpec


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def inputs(*shape, dtype="float32"):
    return tf.placeholder(dtype, list(shape))


class Scale(tf.layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight("factor", [int(input_shape[-1])], initializer=tf.ones_initializer())

    def call(self, inputs):
        return inputs * self.factor


class Two(tf.layers.Layer):
    def __init__(self):
        super().__init__()
        self.first = Scale()
        self.rest = [tf.layers.Dense(2), {"last": tf.layers.Dense(3, activity_regularizer=tf.reduce_sum)}]

    def call(self, inputs):
        return self.rest[1]["last"](self.rest[0](self.first(inputs)))


def test_a_layer_is_built_once_and_its_ops_stay_in_its_scope():
    layer = Scale()
    first, second = layer(inputs(None, 3)), layer(inputs(None, 3))
    assert (first.name, second.name) == ("scale/mul:0", "scale/mul_1:0")
    assert [v.name for v in layer.weights] == ["scale/factor:0"]


def test_the_name_counts_from_one_and_the_scope_from_none():
    layers = [Scale(), Scale()]
    for layer in layers:
        layer(inputs(None, 3))
    assert [(layer.name, layer.scope_name) for layer in layers] == [("scale_1", "scale"), ("scale_2", "scale_1")]


def test_weights_updates_and_losses_of_layers_in_attributes_are_the_layers_own():
    layer = Two()
    layer(inputs(4, 3))
    assert [v.name for v in layer.trainable_variables] == [
        "two/scale/factor:0", "two/dense/kernel:0", "two/dense/bias:0", "two/dense_1/kernel:0", "two/dense_1/bias:0",
    ]  # fmt: skip
    assert layer.losses == tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert layer.count_params() == 3 + 3 * 2 + 2 + 2 * 3 + 3


def test_a_layer_frozen_later_has_no_trainable_variables_but_keeps_its_weights():
    layer = Two()
    layer(inputs(4, 3))
    weights = layer.weights
    layer.trainable = False
    assert layer.trainable_variables == []
    assert layer.non_trainable_variables == layer.weights == weights
    assert layer.first.trainable is False


def test_a_variable_kept_only_in_an_attribute_is_a_weight():
    layer = Scale()
    layer.extra = tf.Variable([1.0], trainable=False)
    layer(inputs(None, 3))
    assert layer.non_trainable_variables == [layer.extra]


def test_updates_of_a_layer_that_is_not_trainable_stay_out_of_the_collection():
    tf.layers.batch_normalization(inputs(4, 3), training=True, trainable=False)
    assert tf.get_collection(tf.GraphKeys.UPDATE_OPS) == []


def test_losses_given_as_functions_are_evaluated_once():
    layer = Scale()
    layer.add_loss(lambda: tf.constant(2.0))
    assert layer.losses[0] is layer.losses[0]
    assert layer.get_losses_for(None) == layer.losses


def test_calls_are_remembered():
    layer = Scale()
    x = inputs(None, 3)
    with pytest.raises(AttributeError, match="is not connected, no input to return"):
        layer.input
    y = layer(x)
    assert (layer.input, layer.output, layer.input_shape, layer.output_shape) == (x, y, (None, 3), (None, 3))
    z = layer(y)
    with pytest.raises(AttributeError, match="multiple inbound nodes"):
        layer.output
    assert layer.get_output_at(1) is z and layer.get_input_shape_at(0) == (None, 3)


def test_inputs_of_another_graph_are_refused():
    layer = Scale()
    layer(inputs(None, 3))
    with tf.Graph().as_default():
        other = inputs(None, 3)
    with pytest.raises(ValueError, match="must be from the same graph"):
        layer(other)


def test_a_call_that_returns_nothing_is_an_error():
    class Nothing(tf.layers.Layer):
        def call(self, inputs):
            return None

    with pytest.raises(ValueError, match="should return a Tensor or a list of Tensors, not None"):
        Nothing()(inputs(3))


def test_a_spec_counts_the_inputs_and_says_what_it_found():
    layer = Scale()
    layer.input_spec = [InputSpec(ndim=2), InputSpec(ndim=2)]
    with pytest.raises(ValueError, match="expects 2 inputs, but it received 1 input tensors"):
        layer(inputs(None, 3))
    layer.input_spec = InputSpec(shape=(None, 4))
    with pytest.raises(
        ValueError, match=r"Input 0 of layer scale_1 .* expected shape=\(\?, 4\), found shape=\[None, 3\]"
    ):
        layer(inputs(None, 3))
    assert repr(InputSpec(min_ndim=2, axes={-1: 3})) == "InputSpec(min_ndim=2, axes={-1: 3})"


def test_unknown_keywords_are_refused():
    with pytest.raises(TypeError, match=r"Keyword argument not understood:.*unit"):
        tf.layers.Dense(2, unit=3)
    with pytest.raises(TypeError, match=r"dense\(\) got an unexpected keyword argument 'unit'"):
        tf.layers.dense(inputs(None, 3), 2, unit=3)


def test_layers_of_the_same_name_share_only_when_told():
    x = inputs(None, 3)
    tf.layers.dense(x, 2, name="d")
    with pytest.raises(ValueError, match="Variable d/kernel already exists, disallowed"):
        tf.layers.dense(x, 2, name="d")
    tf.layers.dense(x, 2, name="d", reuse=tf.AUTO_REUSE)
    assert len(tf.global_variables()) == 2


def test_a_regularizer_counts_once_for_weights_that_are_shared():
    x = inputs(None, 3)
    for reuse in (None, True):
        tf.layers.dense(x, 2, name="d", kernel_regularizer=tf.reduce_sum, reuse=reuse)
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert [loss.name for loss in losses] == ["d/kernel/Regularizer/Sum:0"]


def test_a_scope_regularizes_what_its_layers_leave_open():
    with tf.variable_scope("c", regularizer=lambda w: tf.reduce_sum(w, name="all")):
        tf.layers.dense(inputs(None, 3), 2, use_bias=False)
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert [loss.name for loss in losses] == ["c/dense/kernel/Regularizer/all:0"]


def test_partitioned_weights_are_weights_part_by_part():
    with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(2)):
        layer = tf.layers.Dense(3, use_bias=False)
        layer(inputs(None, 4))
    assert [v.name for v in layer.weights] == ["s/dense/kernel/part_0:0", "s/dense/kernel/part_1:0"]


def test_a_copy_is_a_layer_of_its_own_over_the_same_weights():
    layer = Two()
    layer(inputs(4, 3))
    other = copy.deepcopy(layer)
    assert other.first is not layer.first
    assert other.weights == layer.weights
    assert other.graph is layer.graph


def test_keras_style_names_weights_by_the_name_scope_and_never_shares():
    with base.keras_style_scope():
        layers = [tf.layers.Dense(2), tf.layers.Dense(2)]
    assert isinstance(tf.layers.Dense(2), engine.Layer) and not tf.layers.Dense(2)._keras_style
    with tf.variable_scope("ignored", reuse=tf.AUTO_REUSE):
        for layer in layers:
            layer(inputs(None, 3))
    assert [layer.kernel.name for layer in layers] == ["ignored/dense/kernel:0", "ignored/dense_1/kernel:0"]
    with pytest.raises(ValueError, match="scope argument not allowed when keras style layers are enabled"):
        layers[0](inputs(None, 3), scope="s")


def test_a_configuration_makes_an_equal_layer():
    config = tf.layers.MaxPooling2D(2, 3, padding="SAME", name="p").get_config()
    assert config == {
        "name": "p", "trainable": True, "dtype": None, "pool_size": (2, 2), "strides": (3, 3), "padding": "same",
        "data_format": "channels_last",
    }  # fmt: skip
    assert tf.layers.MaxPooling2D.from_config(config).get_config() == config


def test_a_layer_that_forgets_its_arguments_has_no_configuration():
    class Forgetful(tf.layers.Layer):
        def __init__(self, size):
            super().__init__()

    with pytest.raises(NotImplementedError, match="keeps no argument 'size'"):
        Forgetful(3).get_config()


def test_functions_tell_their_arguments():
    import inspect

    names = list(inspect.signature(tf.layers.conv2d).parameters)
    assert (names[:3], names[-3:]) == (["inputs", "filters", "kernel_size"], ["trainable", "name", "reuse"])
    assert "reuse" not in inspect.signature(tf.layers.max_pooling2d).parameters
