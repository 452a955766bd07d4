"""Lists of tensors: what the ops on them give, refuse and let gradients through."""

from __future__ import annotations

import numpy as np
import pytest

import undertow as tf
from undertow.ops import list_ops


def _run(*fetches):
    with tf.Session() as session:
        return session.run(fetches)


def test_a_list_that_is_pushed_to_stays_as_it_was():
    first = list_ops.tensor_list_from_tensor([1.0, 2.0], element_shape=[])
    second = list_ops.tensor_list_push_back(first, 3.0)
    a, b = _run(*[list_ops.tensor_list_stack(h, tf.float32) for h in (first, second)])
    assert (a.tolist(), b.tolist()) == ([1, 2], [1, 2, 3])


def test_a_loop_over_a_list_has_the_gradient_of_its_elements():
    x = tf.constant([1.0, 2.0, 3.0])
    items = list_ops.tensor_list_from_tensor(x, element_shape=[])
    out = list_ops.empty_tensor_list([], tf.float32)

    def body(i, out):
        item = list_ops.tensor_list_get_item(items, i, tf.float32)
        return i + 1, list_ops.tensor_list_push_back(out, item * item)

    _, out = tf.while_loop(lambda i, out: i < 3, body, [tf.constant(0), out])
    total = tf.reduce_sum(list_ops.tensor_list_stack(out, tf.float32) * [1.0, 10.0, 100.0])
    value, grad = _run(total, tf.gradients(total, x)[0])
    assert value == 1 + 40 + 900
    assert grad.tolist() == [2, 40, 600]  # 2 x, times 1, 10 and 100


def test_an_element_that_was_not_set_is_zeros_of_the_shape_of_those_that_were():
    handle = list_ops.tensor_list_reserve(None, 2, tf.float32)
    handle = list_ops.tensor_list_set_item(handle, 0, [1.0, 2.0])
    (stacked,) = _run(list_ops.tensor_list_stack(handle, tf.float32))
    np.testing.assert_array_equal(stacked, [[1, 2], [0, 0]])


def test_split_and_concat_undo_each_other():
    handle = list_ops.tensor_list_split([1.0, 2.0, 3.0], None, lengths=[2, 1])
    length, whole = _run(
        tf.raw_ops.TensorListLength(input_handle=handle), list_ops.tensor_list_concat(handle, tf.float32)
    )
    assert (length, whole.tolist()) == (2, [1, 2, 3])


def test_strings_can_be_elements():
    handle = list_ops.tensor_list_from_tensor(["a", "b"], element_shape=[])
    handle = list_ops.tensor_list_push_back(handle, "c")
    assert _run(list_ops.tensor_list_stack(handle, tf.string))[0].tolist() == [b"a", b"b", b"c"]


def test_the_wrong_dtype_is_refused_when_the_graph_is_built():
    handle = list_ops.tensor_list_from_tensor([1.0], element_shape=[])
    with pytest.raises(ValueError, match="List has type float but expected type int32"):
        list_ops.tensor_list_stack(handle, tf.int32)


def test_an_index_outside_is_refused_in_the_run():
    handle = list_ops.tensor_list_from_tensor([1.0, 2.0], element_shape=[])
    with pytest.raises(tf.errors.InvalidArgumentError, match="Trying to access element 5 in a list with 2 elements"):
        _run(list_ops.tensor_list_get_item(handle, 5, tf.float32))


def test_lists_are_added_element_by_element():
    a = list_ops.tensor_list_from_tensor([1.0, 2.0], element_shape=[])
    b = list_ops.tensor_list_from_tensor([3.0, 4.0], element_shape=[])
    assert _run(list_ops.tensor_list_stack(tf.add_n([a, b]), tf.float32))[0].tolist() == [4, 6]
