"""What operations, dtypes, shapes and conversions answered in TensorFlow 1.15."""

import numpy as np
import pytest

import undertow as tf
from undertow.graph.scopes import prepend_name_scope, strip_name_scope


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def test_an_operation_tells_what_its_type_takes_and_gives():
    definition = tf.nn.max_pool(tf.zeros([1, 4, 4, 1]), [1, 2, 2, 1], [1, 1, 1, 1], "SAME").op.op_def
    assert definition.name == "MaxPool"
    assert [(a.name, a.type_attr) for a in definition.input_arg] == [("input", "T")]
    attrs = {a.name: a for a in definition.attr}
    assert attrs["padding"].allowed_values.list.s[:2] == [b"SAME", b"VALID"]
    assert attrs["data_format"].default_value.s == b"NHWC"
    assert (attrs["ksize"].type, attrs["ksize"].minimum) == ("list(int)", 4)
    assert tf.Variable(1).op.op_def.output_arg[0].is_ref


def test_attrs_are_told_as_messages_where_they_are_shapes_and_tensors():
    value = tf.constant([1.0, 2.0]).op.get_attr("value")
    assert (value.dtype, value.tensor_shape.dim[0].size) == (1, 2)
    assert [d.size for d in tf.placeholder(tf.float32, [3, None]).op.get_attr("shape").dim] == [3, -1]
    assert tf.constant(1.0).op.get_attr("dtype") is tf.float32


def test_a_dtype_is_had_by_its_number():
    assert tf.DType(1) is tf.float32
    assert tf.DType(101).base_dtype is tf.float32
    for wrong in (0, 9999):
        with pytest.raises(TypeError, match=f"type_enum is not a valid types_pb2.DataType: {wrong}"):
            tf.DType(wrong)


@pytest.mark.parametrize("which", ["min", "max"])
def test_types_without_an_order_have_no_limits(which):
    for dtype in (tf.bool, tf.string, tf.complex64):
        with pytest.raises(TypeError, match=rf"Cannot find {which}imum value of <dtype: '{dtype.name}'>"):
            getattr(dtype, which)


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ([2], [3], "Dimension 0 in both shapes must be equal, but are 2 and 3. Shapes are [2] and [3]."),
        ([None, 2], [1, 3], "Dimension 1 in both shapes must be equal, but are 2 and 3. Shapes are [?,2] and [1,3]."),
        ([2], [2, 3], "Shapes must be equal rank, but are 1 and 2"),
    ],
)
def test_a_shape_that_contradicts_is_told_by_its_dimension(first, second, sentence):
    with pytest.raises(ValueError) as caught:
        tf.placeholder(tf.float32, first).set_shape(second)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("value", "error", "sentence"),
    [
        ([[1, 2], [3]], ValueError, r"Argument must be a dense tensor: .* got shape \[2\], but wanted \[2, 2\]"),
        (object(), TypeError, "Failed to convert object of type <class 'object'> to Tensor"),
    ],
)
def test_what_is_no_tensor_is_told(value, error, sentence):
    with pytest.raises(error, match=sentence):
        tf.convert_to_tensor(value)


def test_an_operation_is_no_tensor():
    with pytest.raises(TypeError, match="Can't convert Operation 'a' to Tensor"):
        tf.convert_to_tensor(tf.constant(1, name="a").op)


def test_conversions_are_registered_for_types_of_ones_own():
    class Mine:
        pass

    class Wrong:
        pass

    tf.register_tensor_conversion_function(Mine, lambda value, dtype=None, name=None, as_ref=False: tf.constant(7))
    tf.register_tensor_conversion_function(Wrong, lambda value, dtype=None, name=None, as_ref=False: 7)
    with tf.Session() as s:
        assert s.run(tf.convert_to_tensor(Mine()) + 1) == 8
    with pytest.raises(RuntimeError, match="returned non-Tensor: 7"):
        tf.convert_to_tensor(Wrong())
    with pytest.raises(TypeError, match="base_type must be a type or a tuple of types"):
        tf.register_tensor_conversion_function(3, lambda *_: None)
    for plain in (int, (Mine, np.ndarray)):
        with pytest.raises(TypeError, match="Cannot register conversions for Python numeric types"):
            tf.register_tensor_conversion_function(plain, lambda *_: None)


def test_attrs_of_a_scope_go_to_the_ops_in_it(graph):
    value = tf.AttrValue(s=b"here")
    with graph._attr_scope({"_mine": value, "_all": lambda op: tf.AttrValue(s=op.name.encode())}):
        a = tf.constant(1, name="a")
        with graph._attr_scope({"_mine": None}):
            b = tf.constant(1, name="b")
    assert a.op.node_def.attr["_mine"].s == b"here"
    assert b.op.node_def.attr["_all"].s == b"b"
    assert "_mine" not in b.op.node_def.attr
    with pytest.raises(TypeError, match="attr_map must be a dictionary"):
        graph._attr_scope({"_mine": 3}).__enter__()


def test_names_are_put_into_scopes_and_taken_out():
    assert [strip_name_scope(n, "a") for n in ("a/b", "ab", "^a/b", "loc:@a/b")] == ["b", "ab", "^b", "loc:@b"]
    assert [prepend_name_scope(n, "a") for n in ("b", "^b", "loc:@b")] == ["a/b", "^a/b", "loc:@a/b"]


def test_what_may_not_be_fetched_is_not(graph):
    a = tf.constant(1, name="a")
    graph.prevent_fetching(a.op)
    with tf.Session() as s:
        for fetch in (a, [a], "a:0"):
            with pytest.raises(ValueError, match="has been marked as not fetchable"):
                s.run(fetch)
