"""`tf.test`: what a test case sets up, asserts and measures. The verdicts are those of TensorFlow 2.21's TestCase."""

from __future__ import annotations

import collections
import os
import random
import sys
import unittest

import numpy as np
import pytest

import undertow as tf
from undertow.api.test import gradients

NAN = float("nan")
Pair = collections.namedtuple("Pair", "a b")


def outcome(function):
    """Run `function(self)` as the one test of a `tf.test.TestCase`."""
    case = type("Case", (tf.test.TestCase,), {"test_it": function})
    return unittest.TestLoader().loadTestsFromTestCase(case).run(unittest.TestResult())


def assert_passes(function):
    result = outcome(function)
    assert result.wasSuccessful(), (result.errors + result.failures)[0][1]


def test_a_test_begins_with_an_empty_graph_and_tensorflows_seed():
    tf.constant(1)

    def test(self):
        self.assertEqual(tf.get_default_graph().get_operations(), [])
        self.assertEqual(tf.get_default_graph().seed, 87654321)

    assert_passes(test)


def test_pythons_and_numpys_randomness_repeat_in_each_test():
    drawn = []
    for _ in range(2):
        assert_passes(lambda self: drawn.append((random.random(), np.random.rand())))
    assert drawn[0] == drawn[1]


def test_without_use_gpu_ops_are_put_on_the_cpu():
    def test(self):
        with self.session():
            self.assertDeviceEqual(tf.constant(1).op.device, "/device:CPU:0")
        with self.session(use_gpu=True):
            self.assertEqual(tf.constant(1).op.device, "")

    assert_passes(test)


def test_the_cached_session_is_one_and_the_other_is_new():
    def test(self):
        with self.cached_session() as one:
            self.assertIs(tf.get_default_session(), one)
        with self.cached_session() as same, self.session() as other:
            self.assertIs(one, same)
            self.assertIsNot(one, other)
        with self.assertRaisesRegex(ValueError, "The graph used to get the cached session is different"):
            with self.cached_session(graph=tf.Graph()):
                pass

    assert_passes(test)


def test_evaluate_needs_no_session():
    def test(self):
        self.assertEqual(self.evaluate({"a": tf.constant(2), "b": [tf.constant(3)]}), {"a": 2, "b": [3]})

    assert_passes(test)


def test_the_temporary_folder_is_the_tests_own_and_goes_with_it():
    folders = []

    def test(self):
        folders.append(self.get_temp_dir())
        self.assertEqual(self.get_temp_dir(), folders[-1])
        self.assertTrue(os.path.isdir(folders[-1]))

    assert_passes(test)
    assert_passes(test)
    assert folders[0] != folders[1]
    assert not any(map(os.path.exists, folders))


def test_an_error_in_a_checked_thread_fails_the_test_that_joins_it():
    def fails(self):
        thread = self.checkedThread(lambda: 1 / 0)
        thread.start()
        thread.join()

    (failure,) = outcome(fails).failures
    assert "Error in checkedThread: division by zero" in failure[1]


def test_a_checked_thread_that_is_not_joined_fails_the_test():
    (failure,) = outcome(lambda self: self.checkedThread(lambda: None).start()).failures
    assert "was not joined" in failure[1]


def test_what_is_written_to_a_stream_is_captured_by_whatever_way():
    def test(self):
        with self.captureWritesToStream(sys.stderr) as captured:
            os.write(sys.stderr.fileno(), b"by number\n")
            print("by name", file=sys.stderr)
        self.assertEqual(captured.contents(), "by number\nby name\n")

    assert_passes(test)


PASS, FAIL = True, False


@pytest.mark.parametrize(
    ("verdict", "assertion", "arguments"),
    [
        (PASS, "assertAllClose", ([NAN], [NAN])),
        (FAIL, "assertAllClose", ([NAN], [1.0])),
        (PASS, "assertAllClose", ([1.0], [1.0000019])),  # within 1e-6 + 1e-6 * 1.0000019
        (FAIL, "assertAllClose", ([1.0], [1.0000021])),
        (PASS, "assertAllClose", ({"a": 1.0}, {"a": 1.0})),
        (FAIL, "assertAllClose", ({"a": 1.0}, {"b": 1.0})),
        (PASS, "assertAllClose", (Pair(1.0, [2.0, 3.0]), Pair(1.0, [2.0, 3.0]))),
        (FAIL, "assertAllClose", (Pair(1.0, [2.0, 3.0]), Pair(1.0, [2.0, 4.0]))),
        (PASS, "assertAllClose", ([[1.0], [2.0, 3.0]], [[1.0], [2.0, 3.0]])),
        (FAIL, "assertAllClose", ([1.0, 2.0], [1.0])),
        (FAIL, "assertAllClose", (1.0, [1.0])),
        (FAIL, "assertNotAllClose", ([1.0], [1.0])),
        (PASS, "assertAllEqual", ([NAN], [NAN])),
        (FAIL, "assertAllEqual", ([1, 2], [1, 3])),
        (FAIL, "assertAllEqual", ([1, 2], [[1, 2]])),
        (PASS, "assertAllEqual", (b"a", "a")),
        (PASS, "assertNotAllEqual", ([1.0], [2.0])),
        (PASS, "assertNear", (1, 1.1, 0.2)),
        (FAIL, "assertNear", (1, 1.1, 0.05)),
        (PASS, "assertNear", (float("inf"), float("inf"), 0.05)),
        (PASS, "assertArrayNear", ([1.0], [1.5], 0.5)),
        (FAIL, "assertNDArrayNear", (np.array([1.0]), np.array([1.5]), 0.5)),
        (PASS, "assertDeviceEqual", ("/cpu:0", "/device:CPU:0")),
        (FAIL, "assertDeviceEqual", ("/cpu:0", "/device:GPU:0")),
        (PASS, "assertDeviceEqual", (None, "")),
        (PASS, "assertAllCloseAccordingToType", (np.float16(1.0), np.float16(1.001))),
        (FAIL, "assertAllCloseAccordingToType", (np.float32(1.0), np.float32(1.00001))),
        (PASS, "assertAllGreater", ([1, 2], 0)),
        (PASS, "assertAllInRange", ([1, 2], 1, 2)),
        (FAIL, "assertAllInRange", ([1, 2], 1, 2, True)),
        (PASS, "assertAllInSet", ([1, 2], {1, 2, 3})),
        (PASS, "assertDTypeEqual", (np.float32(1), tf.float32)),
        (PASS, "assertItemsEqual", ([1, 2], [2, 1])),
    ],
)
def test_an_assertion_has_tensorflows_verdict(verdict, assertion, arguments):
    result = outcome(lambda self: getattr(self, assertion)(*arguments))
    assert not result.errors, result.errors[0][1]
    assert result.wasSuccessful() is verdict


def test_a_tensor_stands_for_its_value():
    def test(self):
        self.assertAllEqual(tf.constant([1, 2]), [1, 2])
        self.assertAllClose([tf.constant(1.0), tf.constant([1.0, 2.0])], [1.0, [1.0, 2.0]])
        self.assertShapeEqual(np.zeros([2, 3]), tf.constant(np.zeros([2, 3])))

    assert_passes(test)


def test_an_error_is_matched_by_pattern_or_by_predicate():
    def test(self):
        with self.assertRaisesOpError("not there"):
            raise tf.errors.NotFoundError(None, None, "it is not there")
        with self.assertRaisesWithPredicateMatch(ValueError, lambda e: "a" in str(e)):
            raise ValueError("a")
        with self.assertRaises(AssertionError):
            with self.assertRaisesOpError("something else"):
                raise tf.errors.NotFoundError(None, None, "it is not there")

    assert_passes(test)


def test_messages_are_compared_with_text():
    def test(self):
        self.assertProtoEquals("node { name: 'a' op: 'B' }", graph_def([("a", "B")]))
        with self.assertRaises(AssertionError):
            self.assertProtoEquals("node { name: 'a' op: 'C' }", graph_def([("a", "B")]))

    assert_passes(test)


def graph_def(nodes):
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    made = GraphDef()
    for name, op, *inputs in nodes:
        made.node.add(name=name, op=op, input=inputs)
    return made


def test_graph_defs_are_equal_in_any_order_of_nodes_and_control_inputs():
    one = graph_def([("a", "A"), ("b", "B", "a", "^c", "^d")])
    tf.test.assert_equal_graph_def(one, graph_def([("b", "B", "a", "^d", "^c"), ("a", "A")]))
    with pytest.raises(AssertionError, match="the nodes a differ"):
        tf.test.assert_equal_graph_def(one, graph_def([("a", "C"), ("b", "B", "a", "^c", "^d")]))
    with pytest.raises(AssertionError, match=r"only in expected: \['x'\]"):
        tf.test.assert_equal_graph_def(one, graph_def([("x", "A"), ("b", "B", "a", "^c", "^d")]))
    with pytest.raises(TypeError, match=r"Expected tf\.GraphDef for actual, got str"):
        tf.test.assert_equal_graph_def("", one)


# Gradients against finite differences.


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_the_jacobian_has_a_row_for_each_x_and_a_column_for_each_y(session):
    x = tf.constant([2.0, 3.0], tf.float64)
    y = x * x  # dy/dx is diagonal, 2x
    by_op, by_difference = tf.test.compute_gradient(x, [2], y, [2], x_init_value=np.array([2.0, 3.0]))
    np.testing.assert_allclose(by_op, [[4.0, 0.0], [0.0, 6.0]])
    np.testing.assert_allclose(by_difference, by_op, rtol=1e-9)
    assert tf.test.compute_gradient_error(x, [2], y, [2]) < 1e-9


def test_the_gradient_of_a_function_is_transposed_as_in_tensorflow_2(session):
    by_op, by_difference = gradients.compute_gradient_of_function(
        lambda a, b: a * b, [np.array([2.0]), np.array([5.0])]
    )
    assert [j.tolist() for j in by_op] == [[[5.0]], [[2.0]]]
    np.testing.assert_allclose(by_difference, by_op, rtol=1e-9)


def test_a_list_of_xs_gives_a_list_of_pairs(session):
    a, b = tf.constant([2.0], tf.float64), tf.constant([5.0], tf.float64)
    pairs = tf.test.compute_gradient([a, b], [[1], [1]], a * b, [1], x_init_value=[np.array([2.0]), np.array([5.0])])
    assert [by_op.tolist() for by_op, _ in pairs] == [[[5.0]], [[2.0]]]


def test_a_complex_number_counts_as_two(session):
    """(5 + 7j)(x + jy) = (5x - 7y) + j(7x + 5y): rows are x and y, columns the real and the imaginary part."""
    x = tf.constant(11 - 13j, tf.complex64)
    by_op, _ = tf.test.compute_gradient(x, (), tf.constant(5 + 7j, tf.complex64) * x, ())
    assert by_op.tolist() == [[5.0, 7.0], [-7.0, 5.0]]


def test_a_gradient_check_without_a_session_is_a_clear_error():
    with pytest.raises(ValueError, match="needs a default session"):
        tf.test.compute_gradient(tf.constant(1.0), (), tf.constant(1.0), ())
