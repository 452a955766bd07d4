"""A graph goes out as a GraphDef and comes back the same; what does not fit together is named."""

import numpy as np
import pytest

import undertow as tf


def small_graph():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        w = tf.Variable([[1.0], [2.0]], name="w")
        y = tf.matmul(x, w, name="y")
        tf.cond(tf.reduce_sum(y) > 0, lambda: y * 2.0, lambda: -y, name="branch")
        tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 2.0), [0, y], name="loop")
        return graph.as_graph_def()


def test_nodes_come_back_with_their_names_types_inputs_and_attrs():
    definition = small_graph()
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(definition, name="")
        again = graph.as_graph_def()
    nodes = {n.name: n for n in again.node}
    assert set(nodes) == {n.name for n in definition.node}
    for node in definition.node:
        assert nodes[node.name] == node


def test_constants_come_back_with_their_static_shape():
    with tf.Graph().as_default() as graph:
        tf.multiply(tf.placeholder(tf.float32, [None, 3], name="x"), [1.0, 2.0, 3.0], name="y")
    with tf.Graph().as_default() as other:
        tf.import_graph_def(graph.as_graph_def(), name="")
        assert other.get_tensor_by_name("y:0").shape.as_list() == [None, 3]


def test_a_tensor_proto_holds_one_value_by_its_type_and_more_as_bytes():
    assert tf.make_tensor_proto(1.5).float_val == [1.5]
    assert tf.make_tensor_proto(3, tf.float16, [2]).tensor_content == b"\0\x42\0\x42"
    assert tf.make_tensor_proto([[1], [2]]).tensor_shape.dim[0].size == 2
    assert tf.make_tensor_proto(["a", b"b"]).string_val == [b"a", b"b"]
    proto = tf.make_tensor_proto([[1, 2], [3, 4]])
    assert tf.make_tensor_proto(proto) is proto
    assert tf.make_ndarray(proto).tolist() == [[1, 2], [3, 4]]
    with pytest.raises(ValueError, match="None values not supported"):
        tf.make_tensor_proto(None)
    with pytest.raises(TypeError, match=r"Expected Tensor's shape: \(2, 2\), got \(2,\)"):
        tf.make_tensor_proto([1, 2], shape=[2, 2], verify_shape=True)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "int8", "uint64", "bool", "complex64", "int64"])
def test_a_constant_of_one_value_many_times_over_stays_one(dtype):
    from undertow.graph.proto import tensor_proto

    one = np.ones((), tf.as_dtype(dtype).as_numpy_dtype)
    proto = tensor_proto(np.broadcast_to(one, (1000, 1000)))
    assert proto.ByteSize() < 50
    array = tf.make_ndarray(proto)
    assert array.dtype == one.dtype
    assert array.shape == (1000, 1000)
    assert (array == one).all()
    array[0] = 0  # it is the caller's own


def test_graphs_go_out_so_that_1_15_reads_them():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [1, 2])
        y = tf.matmul(x, [[1.0], [2.0]], name="product")
        tf.gradients(y, x)
    nodes = {node.name: node for node in graph.as_graph_def(add_shapes=True).node}
    assert not {"grad_a", "grad_b"} & set(nodes["product"].attr)  # 1.15's MatMul has no such attrs
    gradient = nodes["gradients/SymbolicGradient"]
    assert gradient.attr["f"].func.name == "Gradient"
    assert gradient.input[0] == "Placeholder"  # TensorFlow gives the first output the first input's shape


def test_branches_and_loops_run_after_the_way_through_a_graphdef():
    with tf.Graph().as_default() as graph, tf.Session() as s:
        tf.import_graph_def(small_graph(), name="")
        s.run("w/Assign")
        feed = {"x:0": [[1.0, 1.0]]}
        assert s.run(["branch/Merge:0", "loop/Exit_1:0"], feed)[0].tolist() == [[6.0]]
        assert s.run("loop/Exit_1:0", feed).tolist() == [[24.0]]
        assert s.run("branch/Merge:0", {"x:0": [[-1.0, -1.0]]}).tolist() == [[3.0]]
        assert graph.get_operation_by_name("y").type == "MatMul"


def test_a_gradient_goes_through_an_imported_graph():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.constant([[3.0, 4.0]])
        (y,) = tf.import_graph_def(small_graph(), input_map={"x": x}, return_elements=["loop/Exit_1:0"])
        s.run("import/w/Assign")
        assert s.run(tf.gradients(y, x)[0]).tolist() == [[8.0, 16.0]]


def test_the_scope_is_made_unique_and_its_names_are_taken():
    with tf.Graph().as_default():
        (first,) = tf.import_graph_def(small_graph(), return_elements=["y"])
        (second,) = tf.import_graph_def(small_graph(), return_elements=["y:0"])
        assert first.name == "import/y"
        assert second.name == "import_1/y:0"
        assert first.colocation_groups() == [b"loc:@import/y"]
        assert tf.constant(1, name="import/y").name == "import/y_1:0"


def test_what_does_not_fit_is_refused_and_named():
    definition = small_graph()
    with tf.Graph().as_default():
        with pytest.raises(TypeError, match="must be a GraphDef"):
            tf.import_graph_def(b"")
        with pytest.raises(ValueError, match=r"map inputs that were not found in graph_def: \[nope:0\]"):
            tf.import_graph_def(definition, {"nope": tf.zeros([])}, name="a")
        with pytest.raises(ValueError, match="return_element 'y:3' not found"):
            tf.import_graph_def(definition, return_elements=["y:3"], name="b")
        tf.import_graph_def(definition, name="")
        with pytest.raises(ValueError, match="'x' already exists in the Graph"):
            tf.import_graph_def(definition, name="")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda n: setattr(n, "op", "NoSuchOp"), "No op named NoSuchOp"),
        (lambda n: n.input.__setitem__(1, "gone"), "Unknown input node 'gone'"),
        (lambda n: n.input.__setitem__(1, "x:5"), "invalid output 5 of source node x"),
        (lambda n: n.input.__setitem__(1, "y"), "a cycle that is no while loop"),
        (lambda n: n.attr["T"].Clear(), "has to be of type type"),
        (lambda n: n.input.pop(), "does not fit"),
    ],
)
def test_a_broken_node_is_named(change, message):
    definition = small_graph()
    change(next(n for n in definition.node if n.name == "y"))
    with tf.Graph().as_default(), pytest.raises(ValueError, match=message):
        tf.import_graph_def(definition)


def test_a_tensor_proto_is_filled_with_its_last_value_and_checked():
    proto = tf.Graph().as_graph_def().node.add(name="c", op="Const").attr["value"].tensor
    proto.dtype = 1
    proto.tensor_shape.dim.add(size=3)
    proto.float_val.extend([1.0, 2.0])
    assert tf.make_ndarray(proto).tolist() == [1.0, 2.0, 2.0]
    proto.float_val.extend([3.0, 4.0])
    with pytest.raises(ValueError, match="holds 4 values"):
        tf.make_ndarray(proto)
    proto.tensor_content = b"\0" * 8
    with pytest.raises(ValueError, match="holds 8 bytes, not 12"):
        tf.make_ndarray(proto)


def test_a_meta_graph_brings_back_variables_collections_and_its_saver(tmp_path):
    prefix = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        w = tf.get_variable("w", [2, 1], initializer=tf.ones_initializer())
        y = tf.matmul(x, w, name="y")
        tf.add_to_collection("outputs", y)
        s.run(tf.global_variables_initializer())
        s.run(w.assign([[3.0], [4.0]]))
        tf.train.Saver().save(s, prefix)
    with tf.Graph().as_default(), tf.Session() as s:
        saver = tf.train.import_meta_graph(prefix + ".meta")
        saver.restore(s, prefix)
        assert [v.name for v in tf.trainable_variables()] == ["w:0"]
        assert tf.trainable_variables()[0] is tf.global_variables()[0]
        (y,) = tf.get_collection("outputs")
        np.testing.assert_array_equal(s.run(y, {"x:0": [[1.0, 1.0]]}), [[7.0]])
        train = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(y))
        s.run(train, {"x:0": [[1.0, 2.0]]})
        assert s.run("w:0").tolist() == [[2.5], [3.0]]


def test_a_meta_file_that_is_none_is_named(tmp_path):
    (tmp_path / "bad.meta").write_bytes(b"\xff\xfe not a graph")
    with pytest.raises(ValueError, match=r"bad\.meta holds no MetaGraphDef"):
        tf.train.import_meta_graph(str(tmp_path / "bad.meta"))
    with pytest.raises(OSError, match="does not exist"):
        tf.train.import_meta_graph(str(tmp_path / "gone.meta"))
