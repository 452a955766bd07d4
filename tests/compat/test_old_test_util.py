"""`tensorflow.python.framework.test_util`: the decorators of TensorFlow 1.15's own tests, graph half."""

from __future__ import annotations

import unittest

import pytest

import undertow as tf
from undertow.compat import test_util


def run(case, name="test_it"):
    result = unittest.TestResult()
    case(name).run(result)
    assert not result.errors + result.failures, (result.errors + result.failures)[0][1]
    return result


@pytest.mark.parametrize(
    "decorate",
    [
        test_util.run_deprecated_v1,
        test_util.run_v1_only("b/120545219"),
        test_util.disable_xla("a reason"),
        test_util.deprecated_graph_mode_only,
        test_util.also_run_as_tf_function,
        test_util.disable_control_flow_v2("a reason"),
    ],
)
def test_a_decorator_about_the_other_half_changes_nothing(decorate):
    def test(self):
        """Documented."""

    assert decorate(test) is test


def test_run_v1_only_takes_a_class_too():
    class Case:
        pass

    assert test_util.run_v1_only("reason")(Case) is Case
    assert test_util.run_all_in_graph_and_eager_modes(Case) is Case


@pytest.mark.parametrize(
    "decorator",
    [test_util.run_in_graph_and_eager_modes, test_util.run_in_graph_and_eager_modes()],
    ids=["bare", "called"],
)
def test_a_test_of_both_modes_runs_once_in_a_session(decorator):
    seen = []

    class Case(test_util.TensorFlowTestCase):
        @decorator
        def test_it(self):
            seen.append(tf.get_default_session())

    run(Case)
    assert [type(session) for session in seen] == [tf.Session]


def test_a_class_of_both_modes_has_each_of_its_tests_run_in_a_session():
    seen = []

    @test_util.run_all_in_graph_and_eager_modes
    class Case(test_util.TensorFlowTestCase):
        def test_it(self):
            seen.append(tf.get_default_session())

    run(Case)
    assert isinstance(seen[0], tf.Session)


def test_a_test_for_tensorflow_2_is_skipped():
    class Case(test_util.TensorFlowTestCase):
        @test_util.run_v2_only
        def test_it(self):
            raise AssertionError("it ran")

    assert len(run(Case).skipped) == 1


def test_a_test_of_functions_runs_in_a_new_graph():
    seen = []

    class Case(test_util.TensorFlowTestCase):
        def setUp(self):
            super().setUp()
            self.before = tf.get_default_graph()

        @test_util.build_as_function_and_v1_graph
        def test_it(self):
            seen.append(tf.get_default_graph() is self.before)

    run(Case)
    assert seen == [False]


def test_channels_move_and_back():
    assert test_util.NHWCToNCHW([1, 2, 3, 4]) == [1, 4, 2, 3]
    assert test_util.NCHWToNHWC([1, 4, 2, 3]) == [1, 2, 3, 4]
    assert test_util.NHWCToNCHW([1, 2, 3, 4, 5]) == [1, 5, 2, 3, 4]
    with tf.Graph().as_default():
        x = tf.constant([[[[1, 2]]]])
        assert test_util.NHWCToNCHW(x).shape.as_list() == [1, 2, 1, 1]


def test_force_cpu_puts_ops_on_the_cpu():
    with tf.Graph().as_default(), test_util.force_cpu():
        assert tf.constant(1).op.device == "/device:CPU:0"
