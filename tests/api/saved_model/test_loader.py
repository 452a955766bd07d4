"""`tf.saved_model.loader`: a SavedModel in another graph and session."""

import pytest

import undertow as tf
from undertow.formats.messages import AssetFileDef
from undertow.formats.saved_model import read_saved_model, write_saved_model

sm = tf.saved_model


@pytest.fixture
def model(tmp_path):
    """A SavedModel of x * scale for "serve", and of scale for "train"; its folder."""
    folder = str(tmp_path / "model")
    builder = sm.Builder(folder)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None], name="x")
        scale = tf.get_variable("scale", initializer=3.0)
        y = tf.multiply(x, scale, name="y")
        session.run(scale.initializer)
        builder.add_meta_graph_and_variables(session, ["serve"], {"s": sm.predict_signature_def({"x": x}, {"y": y})})
        builder.add_meta_graph(["train", "gpu"])
    builder.save()
    return folder


def test_load_restores_variables_and_gives_the_meta_graph(model):
    with tf.Graph().as_default(), tf.Session() as session:
        meta = sm.loader.load(session, {"serve"}, model)
        signature = meta.signature_def["s"]
        assert session.run(signature.outputs["y"].name, {signature.inputs["x"].name: [1, 2]}).tolist() == [3, 6]
        assert [v.name for v in tf.trainable_variables()] == ["scale:0"]


def test_load_goes_into_the_sessions_graph_whatever_is_the_default_one(model):
    graph = tf.Graph()
    with tf.Session(graph=graph) as session, tf.Graph().as_default() as other:
        sm.load(session, ["serve"], model)
        assert other.get_operations() == []
        assert session.run("scale:0") == 3


def test_import_scope_goes_before_every_name_but_those_of_the_meta_graph(model):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        meta = sm.load(session, ["serve"], model, import_scope="a/b")
        assert all(op.name.startswith("a/b/") for op in graph.get_operations())
        info = meta.signature_def["s"].outputs["y"]
        assert info.name == "y:0"
        tensor = sm.get_tensor_from_tensor_info(info, import_scope="a/b")
        assert session.run(tensor, {"a/b/x:0": [2]}).tolist() == [6]


def test_tags_must_be_exactly_a_graphs_in_any_order(model):
    with tf.Graph().as_default(), tf.Session() as session:
        sm.load(session, ["gpu", "train"], model)
        for tags in (["train"], ["serve", "train"], []):
            with pytest.raises(
                RuntimeError, match=r"could not be found in SavedModel.*\navailable_tags: \[\{'serve'\}"
            ):
                sm.load(session, tags, model)


def test_the_main_op_runs_after_restoring_with_the_asset_where_it_lies_now(tmp_path):
    (tmp_path / "greeting").write_text("hello")
    with tf.Graph().as_default(), tf.Session() as session:
        path = tf.constant(str(tmp_path / "greeting"))
        text = tf.get_variable("text", initializer="")
        session.run(text.initializer)
        builder = sm.Builder(str(tmp_path / "m"))
        main_op = tf.group(tf.assign(text, tf.read_file(path)))
        builder.add_meta_graph_and_variables(session, ["s"], assets_collection=[path], main_op=main_op)
        builder.save()
    (tmp_path / "greeting").unlink()
    (tmp_path / "m").rename(tmp_path / "elsewhere")
    with tf.Graph().as_default(), tf.Session() as session:
        sm.load(session, ["s"], str(tmp_path / "elsewhere"))
        assert session.run("text:0") == b"hello"
        # And saved again, the asset goes along.
        again = sm.Builder(str(tmp_path / "again"))
        again.add_meta_graph_and_variables(session, ["s"])
        again.save()
    (meta,) = read_saved_model(str(tmp_path / "again")).meta_graphs
    assert len(meta.collection_def["saved_model_assets"].any_list.value) == 1


def test_main_op_initializes_local_variables_and_tables(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("count", initializer=7, collections=[tf.GraphKeys.LOCAL_VARIABLES])
        builder = sm.Builder(str(tmp_path))
        builder.add_meta_graph_and_variables(session, ["s"], main_op=sm.main_op.main_op())
        builder.save()
    with tf.Graph().as_default(), tf.Session() as session:
        sm.load(session, ["s"], str(tmp_path))
        assert session.run("count:0") == 7


@pytest.mark.parametrize("name", ["../greeting", "/etc/hostname", "a/../../b", ""])
def test_an_asset_whose_name_leads_out_of_the_model_is_refused(model, name):
    message = read_saved_model(model)
    asset = AssetFileDef(tensor_info={"name": "x:0"}, filename=name)
    message.meta_graphs[0].collection_def["saved_model_assets"].any_list.value.add().Pack(asset)
    write_saved_model(model, message, as_text=False)
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(OSError, match=r"model: the asset .* does not lie in the SavedModel"):
            sm.load(session, ["serve"], model)


def test_what_is_no_saved_model_is_said_to_be_none(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(
            OSError, match=r"SavedModel file does not exist at: .*/\{saved_model.pbtxt\|saved_model.pb\}"
        ):
            sm.load(session, ["serve"], str(tmp_path))
        (tmp_path / "saved_model.pbtxt").write_text("foo: 1")
        with pytest.raises(OSError, match=r"Cannot parse file .*saved_model.pbtxt: 1:1 : .*no field named \"foo\""):
            sm.load(session, ["serve"], str(tmp_path))
        (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff")
        with pytest.raises(OSError, match=r"Cannot parse file .*saved_model.pb: "):
            sm.load(session, ["serve"], str(tmp_path))


def test_the_steps_of_a_load_may_be_taken_one_by_one(model):
    from undertow.api.saved_model.loader import SavedModelLoader

    loader = SavedModelLoader(model)
    graph = tf.Graph()
    saver, _ = loader.load_graph(graph, ["serve"])
    with tf.Session(graph=graph) as session:
        with pytest.raises(ValueError, match="a saver is required"):
            loader.restore_variables(session, None)
        loader.restore_variables(session, saver)
        loader.run_init_ops(session, ["serve"])
        assert session.run("scale:0") == 3
