"""Graphs: what is in them, control dependencies, colocation, GraphDef, and what is not allowed."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def _waits_for(tensor):
    return [op.name for op in tensor.op.control_inputs]


def test_control_dependencies_add_up_less_what_an_input_waits_for():
    a, b, c = (tf.constant(i, name=name) for i, name in enumerate("abc"))
    with tf.control_dependencies([a]):
        assert _waits_for(tf.identity(a, name="x")) == []
        y = tf.constant(1, name="y")
        assert _waits_for(y) == ["a"]
        with tf.control_dependencies([b.op, c]):
            assert _waits_for(tf.constant(1)) == ["a", "b", "c"]
            assert _waits_for(tf.identity(y)) == ["b", "c"]
        with tf.control_dependencies(None):
            assert _waits_for(tf.constant(1)) == []
        with tf.control_dependencies([]):
            assert _waits_for(tf.constant(1)) == ["a"]


def test_only_elements_of_the_graph_can_be_waited_for(graph):
    with pytest.raises(KeyError, match="'nope' refers to an Operation not in the graph"):
        graph.control_dependencies(["nope"])
    with pytest.raises(TypeError, match="Can not convert a int into a Tensor or Operation"):
        graph.control_dependencies([1])


def test_colocation_groups_add_up_unless_existing_ones_are_ignored():
    a, b = tf.constant(1, name="a"), tf.constant(1, name="b")
    with tf.colocate_with(a):
        assert tf.constant(1).op.get_attr("_class") == [b"loc:@a"]
        with tf.colocate_with(b):
            assert tf.constant(1).op.colocation_groups() == [b"loc:@a", b"loc:@b"]
        with tf.colocate_with(b, ignore_existing=True):
            assert tf.constant(1).op.colocation_groups() == [b"loc:@b"]
        with tf.colocate_with(None, True):
            assert tf.constant(1, name="alone").op.colocation_groups() == [b"loc:@alone"]


def test_a_finalized_graph_takes_no_more_ops(graph):
    tf.constant(1)
    graph.finalize()
    assert graph.finalized
    with pytest.raises(RuntimeError, match=r"Graph is finalized and cannot be modified\."):
        tf.constant(2)


def test_resetting_the_default_graph_makes_a_new_one_but_not_inside_a_graphs_scope():
    with pytest.raises(AssertionError, match=r"Do not use tf.reset_default_graph\(\) to clear nested graphs"):
        tf.reset_default_graph()


def test_tensors_of_two_graphs_do_not_mix(graph):
    a = tf.constant(1.0, name="a")
    with tf.Graph().as_default() as other:
        b = tf.constant(1.0, name="b")
        with pytest.raises(ValueError, match="must be from the same graph"):
            tf.add(a, b)
        with pytest.raises(ValueError, match="is not an element of this graph"):
            other.as_graph_element(a)
        with pytest.raises(ValueError, match="is not an element of this graph"):
            other.as_graph_element(a.op)


def test_an_op_goes_to_the_graph_of_its_inputs(graph):
    a = tf.constant(1.0)
    with tf.Graph().as_default() as other:
        assert tf.identity(a).graph is graph
        assert other.get_operations() == []


def test_tensors_and_operations_print_what_they_are():
    a = tf.constant([1.0, 2.0], name="a")
    assert str(a) == 'Tensor("a:0", shape=(2,), dtype=float32)'
    assert repr(a) == "<tf.Tensor 'a:0' shape=(2,) dtype=float32>"
    assert repr(a.op) == "<tf.Operation 'a' type=Const>"
    shapes = [None, [], [None, 2], [3]]
    assert [str(tf.placeholder(tf.float32, s, name="p")) for s in shapes] == [
        'Tensor("p:0", dtype=float32)',
        'Tensor("p_1:0", shape=(), dtype=float32)',
        'Tensor("p_2:0", shape=(?, 2), dtype=float32)',
        'Tensor("p_3:0", shape=(3,), dtype=float32)',
    ]


def test_a_tensor_is_hashed_and_compared_by_identity():
    a, b = tf.constant(1), tf.constant(1)
    assert a in {a: 1}
    assert a == a
    assert a != b
    assert a != 1


def test_a_tensor_is_no_python_value():
    a = tf.constant([1.0, 2.0])
    with pytest.raises(TypeError, match=r"[Uu]sing a .*`tf.Tensor` as a Python `bool` is not allowed"):
        bool(a)
    with pytest.raises(TypeError):
        iter(a)
    with pytest.raises(NotImplementedError, match="Cannot convert a symbolic"):
        np.array(a)
    with pytest.raises(ValueError, match=r"Cannot evaluate tensor using `eval\(\)`: No default session is registered"):
        a.eval()
    with pytest.raises(ValueError, match=r"Cannot execute operation using `run\(\)`: No default session is registered"):
        a.op.run()


def test_an_operation_tells_its_parts():
    value = tf.constant([[1.0, 2.0]], name="value")
    first, second = tf.split(value, 2, 1, name="sp")
    op = first.op
    assert [t.name for t in op.inputs] == ["sp/split_dim:0", "value:0"]
    assert op.outputs == [first, second]
    assert op.get_attr("num_split") == 2
    assert value.op.get_attr("dtype") == tf.float32
    assert value.consumers() == [op]
    assert value.op.values() == (value,)
    with pytest.raises(ValueError, match="has no attr named 'zzz'"):
        op.get_attr("zzz")


def test_what_is_known_of_a_shape_grows_and_is_not_contradicted():
    x = tf.placeholder(tf.float32, [None, 2])
    x.set_shape([3, None])
    assert x.shape.as_list() == [3, 2]
    with pytest.raises(ValueError, match="3"):
        x.set_shape([4, 2])


def test_feeding_and_fetching_can_be_prevented(graph):
    a = tf.constant(1)
    assert graph.is_feedable(a)
    assert graph.is_fetchable(a)
    graph.prevent_feeding(a)
    graph.prevent_fetching(a.op)
    assert not graph.is_feedable(a)
    assert not graph.is_fetchable(a.op)


def test_create_op_makes_any_registered_op(graph):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    op = graph.create_op("Neg", [x], [tf.float32], name="neg")
    assert op.type == "Neg"
    assert op.outputs[0].shape.as_list() == [None, 2]
    with pytest.raises(TypeError, match=r"Input #0 is not a tensor: 1\.0"):
        graph.create_op("Neg", [1.0], [tf.float32])
    with pytest.raises(ValueError, match="Op type not registered"):
        graph.create_op("NoSuchOp", [x], [tf.float32])


def test_the_graph_keeps_its_seed_and_counts_its_ops(graph):
    assert graph.seed is None
    tf.set_random_seed(4)
    assert graph.seed == 4
    before = graph.version
    tf.constant(1)
    assert graph.version == before + 1


# Node for node what TensorFlow 2.21 gives for the same calls.
GRAPH_DEF = """
node { name: "x" op: "Placeholder"
  attr { key: "dtype" value { type: DT_FLOAT } }
  attr { key: "shape" value { shape { dim { size: -1 } dim { size: 2 } } } } }
node { name: "l/w" op: "Const" device: "/device:CPU:0"
  attr { key: "dtype" value { type: DT_FLOAT } }
  attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { dim { size: 2 } dim { size: 1 } }
    tensor_content: "\\000\\000\\200?\\000\\000\\000@" } } } }
node { name: "l/y" op: "MatMul" input: "x" input: "l/w"
  attr { key: "T" value { type: DT_FLOAT } }
  attr { key: "transpose_a" value { b: false } }
  attr { key: "transpose_b" value { b: false } } }
node { name: "z" op: "Identity" input: "l/y" input: "^l/w"
  attr { key: "T" value { type: DT_FLOAT } } }
"""


def test_a_graph_def_is_tensorflows():
    from google.protobuf import text_format

    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.name_scope("l"):
        with tf.device("/cpu:0"):
            w = tf.constant([[1.0], [2.0]], name="w")
        y = tf.matmul(x, w, name="y")
    with tf.control_dependencies([w]):
        tf.identity(y, name="z")
    found = tf.get_default_graph().as_graph_def()
    wanted = text_format.Parse(GRAPH_DEF, tf.GraphDef())
    for node in found.node:  # attrs that only say their default, in newer op registries
        for attr in ("grad_a", "grad_b"):
            node.attr.pop(attr, None)
    assert list(found.node) == list(wanted.node)
    assert (found.versions.producer, found.versions.min_consumer) == (134, 0)


def test_shapes_go_along_where_they_are_asked_for():
    tf.placeholder(tf.float32, [None, 2], name="x")
    definition = tf.get_default_graph().as_graph_def(add_shapes=True)
    shape = definition.node[0].attr["_output_shapes"].list.shape[0]
    assert [d.size for d in shape.dim] == [-1, 2]
