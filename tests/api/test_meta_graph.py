"""`tf.train.export_meta_graph` and `import_meta_graph`; the node lists are TensorFlow 1.15.5's for the same program."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture
def savers():
    """Two scopes, of which the second reads what the first makes, and two savers."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.variable_scope("net"):
        w = tf.get_variable("w", [2, 3], initializer=tf.ones_initializer())
        h = tf.matmul(x, w, name="h")
        tf.add_to_collection("outs", h)
    with tf.variable_scope("head"):
        v = tf.get_variable("v", [3, 1], initializer=tf.ones_initializer())
        tf.add_to_collection("outs", tf.matmul(h, v, name="y"))
    return tf.train.Saver([w], name="sv"), tf.train.Saver(name="save2")


def nodes(meta):
    return [(n.name, n.op, list(n.input)) for n in meta.graph_def.node]


def test_a_scope_is_exported_as_if_it_were_the_top(savers):
    meta = tf.train.export_meta_graph(export_scope="net")
    assert nodes(meta) == [
        ("w/Initializer/ones", "Const", []),
        ("w", "VariableV2", []),
        ("w/Assign", "Assign", ["w", "w/Initializer/ones"]),
        ("w/read", "Identity", ["w"]),
        ("h", "MatMul", ["$unbound_inputs_x", "w/read"]),
    ]
    assert meta.graph_def.node[1].attr["_class"].list.s == [b"loc:@w"]
    assert sorted(meta.collection_def) == ["outs", "trainable_variables", "unbound_inputs", "variables"]
    assert meta.collection_def["outs"].node_list.value == ["h:0"]
    assert meta.collection_def["unbound_inputs"].bytes_list.value == [b"$unbound_inputs_x"]


def test_what_a_cut_out_graph_reads_has_to_be_given(savers):
    meta = tf.train.export_meta_graph(export_scope="head")
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match=r"unbound inputs: \$unbound_inputs_net/h\. Must provide"):
            tf.train.import_meta_graph(meta, import_scope="new")
    with tf.Graph().as_default(), tf.Session() as session:
        z = tf.constant([[1.0, 2.0, 3.0]])
        for scope in ("new", "new_1"):  # a scope that is taken gets a number
            saver = tf.train.import_meta_graph(meta, import_scope="new", input_map={"$unbound_inputs_net/h": z})
            assert isinstance(saver, tf.train.Saver)
            assert tf.get_collection("outs")[-1].name == f"{scope}/y:0"
        assert [v.name for v in tf.global_variables()] == ["new/v:0", "new_1/v:0"]
        session.run(tf.global_variables_initializer())
        assert session.run("new_1/y:0").tolist() == [[6.0]]


def test_extraneous_savers_are_left_out_with_their_nodes(savers):
    names = [n.name for n in tf.train.export_meta_graph().graph_def.node]
    plain = [name for name in names if not name.startswith(("sv/", "save2/"))]
    assert [n.name for n in tf.train.export_meta_graph(clear_extraneous_savers=True).graph_def.node] == plain
    meta = savers[0].export_meta_graph(clear_extraneous_savers=True)
    assert [n.name for n in meta.graph_def.node] == [name for name in names if not name.startswith("save2/")]
    assert meta.saver_def.restore_op_name == "sv/restore_all"


def test_default_attrs_are_stripped_and_come_back(savers, tmp_path):
    path = str(tmp_path / "sub" / "m.meta")
    meta = tf.train.export_meta_graph(path, strip_default_attrs=True)
    attrs = {n.name: sorted(n.attr) for n in meta.graph_def.node}
    assert attrs["net/w"] == ["_class", "_output_shapes", "dtype", "shape"]
    assert attrs["net/h"] == ["T", "_output_shapes"]
    assert meta.meta_info_def.stripped_default_attrs
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(path)
        assert graph.get_operation_by_name("net/h").get_attr("transpose_a") is False


def test_devices_are_cleared_both_ways(tmp_path):
    with tf.device("/gpu:3"):
        tf.constant(1.0, name="c")
    path = str(tmp_path / "m.meta")
    tf.train.export_meta_graph(path)
    assert not tf.train.export_meta_graph(clear_devices=True).graph_def.node[0].device
    for clear, device in ((False, "/device:GPU:3"), (True, "")):
        with tf.Graph().as_default() as graph:
            tf.train.import_meta_graph(path, clear_devices=clear)
            assert graph.get_operation_by_name("c").device == device
