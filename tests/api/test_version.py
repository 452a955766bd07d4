"""`tf.version`, and what asks about TensorFlow 2's behaviour."""

import pytest

import undertow as tf


def test_the_version_is_that_of_the_tensorflow_it_stands_for():
    assert tf.VERSION == tf.version.VERSION == tf.__version__ == "1.15.5"
    assert tf.GIT_VERSION == tf.__git_version__ == "v1.15.5"
    versions = (tf.GRAPH_DEF_VERSION_MIN_CONSUMER, tf.GRAPH_DEF_VERSION_MIN_PRODUCER, tf.GRAPH_DEF_VERSION)
    assert versions == (0, 0, tf.Graph().as_graph_def().versions.producer)


def test_tensorflow_2s_behaviours_are_off_and_can_be_turned_off():
    for name in ("v2_behavior", "eager_execution", "control_flow_v2", "resource_variables", "v2_tensorshape"):
        getattr(tf, f"disable_{name}")()
    assert not tf.executing_eagerly()
    assert not tf.control_flow_v2_enabled()
    assert not tf.resource_variables_enabled()


def test_eager_execution_is_not_built():
    with pytest.raises(AttributeError, match=r"tf\.enable_eager_execution is not built in Undertow"):
        tf.enable_eager_execution
