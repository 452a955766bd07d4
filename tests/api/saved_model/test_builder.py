"""`tf.saved_model.builder`: what may be put into a SavedModel, and what is in it then."""

import os
from pathlib import Path

import pytest
from google.protobuf import text_format

import undertow as tf
from undertow.formats.messages import AssetFileDef
from undertow.formats.saved_model import SavedModel, read_saved_model

sm = tf.saved_model


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session() as session:
        yield session


def scaled(session):
    """A model: x * scale; its placeholder and its output."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = tf.multiply(x, tf.get_variable("scale", initializer=3.0), name="y")
    session.run(tf.global_variables_initializer())
    return x, y


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


def asset(path, contents, name):
    path.parent.mkdir(exist_ok=True)
    path.write_text(contents)
    return tf.constant(str(path), name=name)


class TestWhatIsWritten:
    def test_is_a_checkpoint_and_last_of_all_the_models_own_file(self, session, tmp_path):
        x, y = scaled(session)
        builder = sm.Builder(str(tmp_path / "m"))
        builder.add_meta_graph_and_variables(session, ["serve"], {"s": sm.predict_signature_def({"x": x}, {"y": y})})
        assert files(tmp_path / "m") == ["variables/variables.data-00000-of-00001", "variables/variables.index"]
        assert not sm.loader.maybe_saved_model_directory(str(tmp_path / "m"))
        assert builder.save() == os.fsencode(tmp_path / "m" / "saved_model.pb")
        assert sm.contains_saved_model(str(tmp_path / "m"))
        message = read_saved_model(str(tmp_path / "m"))
        assert message.saved_model_schema_version == 1
        (meta,) = message.meta_graphs
        assert list(meta.meta_info_def.tags) == ["serve"]
        assert meta.signature_def["s"].method_name == "tensorflow/serving/predict"
        assert meta.signature_def["s"].inputs["x"].name == "x:0"
        assert [dim.size for dim in meta.signature_def["s"].outputs["y"].tensor_shape.dim] == [-1, 2]
        assert meta.saver_def.sharded
        assert not list((tmp_path / "m").rglob(".*"))

    def test_as_text_is_the_same_message(self, session, tmp_path):
        scaled(session)
        builder = sm.Builder(str(tmp_path))
        builder.add_meta_graph_and_variables(session, ["serve"])
        assert builder.save(as_text=True) == os.fsencode(tmp_path / "saved_model.pbtxt")
        assert read_saved_model(str(tmp_path)) == text_format.Parse(
            (tmp_path / "saved_model.pbtxt").read_text(), SavedModel()
        )

    def test_of_a_graph_without_variables_has_an_empty_folder_for_them(self, session, tmp_path):
        x = tf.placeholder(tf.float32, name="x")
        sm.simple_save(session, str(tmp_path / "m"), {"x": x}, {"y": x * 2})
        assert files(tmp_path / "m") == ["saved_model.pb"]
        assert os.listdir(tmp_path / "m" / "variables") == []

    def test_clear_devices_takes_the_nodes_from_their_devices(self, session, tmp_path):
        with tf.device("/gpu:0"):
            tf.constant(1, name="here")
        builder = sm.Builder(str(tmp_path))
        builder.add_meta_graph_and_variables(session, ["a"])
        builder.add_meta_graph(["b"], clear_devices=True)
        builder.save()
        devices = [m.graph_def.node[0].device for m in read_saved_model(str(tmp_path)).meta_graphs]
        assert devices == ["/device:GPU:0", ""]

    def test_strip_default_attrs_leaves_out_what_every_reader_knows(self, session, tmp_path):
        tf.matmul([[1.0]], [[2.0]], transpose_b=True, name="product")
        builder = sm.Builder(str(tmp_path))
        builder.add_meta_graph_and_variables(session, ["a"], strip_default_attrs=True)
        builder.save()
        (meta,) = read_saved_model(str(tmp_path)).meta_graphs
        (product,) = (node for node in meta.graph_def.node if node.name == "product")
        assert {"transpose_a", "transpose_b"} & set(product.attr) == {"transpose_b"}
        assert product.attr["T"].type == 1
        assert meta.meta_info_def.stripped_default_attrs


class TestAssets:
    def test_are_copied_under_their_names_and_two_of_a_name_are_told_apart(self, session, tmp_path):
        paths = [
            asset(tmp_path / "one" / "words.txt", "a\n", "first"),
            asset(tmp_path / "two" / "words.txt", "b\n", "second"),
            asset(tmp_path / "three" / "words.txt", "a\n", "third"),
        ]
        builder = sm.Builder(str(tmp_path / "m"))
        builder.add_meta_graph_and_variables(session, ["serve"], assets_collection=paths)
        builder.save()
        assert (tmp_path / "m" / "assets" / "words.txt").read_text() == "a\n"
        assert (tmp_path / "m" / "assets" / "words.txt_1").read_text() == "b\n"
        (meta,) = read_saved_model(str(tmp_path / "m")).meta_graphs
        told = [AssetFileDef.FromString(a.value) for a in meta.collection_def["saved_model_assets"].any_list.value]
        assert [(a.tensor_info.name, a.filename) for a in told] == [
            ("first:0", "words.txt"),
            ("second:0", "words.txt_1"),
            ("third:0", "words.txt"),
        ]

    @pytest.mark.parametrize(
        "item, kind, says",
        [
            (lambda: "words.txt", TypeError, "Asset path tensor must be a Tensor."),
            (lambda: tf.placeholder(tf.string, []), TypeError, "Asset path tensor must be of type constant."),
            (lambda: tf.constant(3), TypeError, "Asset path tensor must be of dtype string."),
            (lambda: tf.constant(["a"]), TypeError, "Asset path tensor must be a scalar."),
            (lambda: tf.constant(""), ValueError, "Invalid asset filepath tensor"),
            (lambda: tf.constant("/no/such"), tf.errors.NotFoundError, "/no/such; No such file"),
        ],
    )
    def test_must_be_constants_that_name_files(self, session, tmp_path, item, kind, says):
        with pytest.raises(kind, match=says):
            sm.Builder(str(tmp_path)).add_meta_graph_and_variables(session, ["s"], assets_collection=[item()])


class TestRefusals:
    def test_a_folder_with_something_in_it(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(AssertionError, match="already exists, and isn't empty"):
            sm.Builder(str(tmp_path))

    def test_the_wrong_order(self, session, tmp_path):
        builder = sm.Builder(str(tmp_path))
        with pytest.raises(AssertionError, match="has not been saved yet"):
            builder.add_meta_graph(["a"])
        builder.add_meta_graph_and_variables(session, ["a"])
        with pytest.raises(AssertionError, match="has already been saved"):
            builder.add_meta_graph_and_variables(session, ["b"])

    def test_a_main_op_that_is_none_or_a_second_one(self, session, tmp_path):
        builder = sm.Builder(str(tmp_path))
        with pytest.raises(TypeError, match="main_op needs to be an Operation: 3"):
            builder.add_meta_graph_and_variables(session, ["a"], legacy_init_op=3)
        builder.add_meta_graph_and_variables(session, ["a"], main_op=tf.no_op())
        with pytest.raises(ValueError, match="already contains one or more main ops"):
            builder.add_meta_graph(["b"], main_op=tf.no_op())

    def test_signatures_that_do_not_say_what_they_mean(self, session, tmp_path):
        builder = sm.Builder(str(tmp_path))
        for info, says in ((tf.TensorInfo(dtype=1), "'encoding' fields"), (tf.TensorInfo(name="x:0"), "dtype field")):
            with pytest.raises(AssertionError, match=says):
                builder.add_meta_graph_and_variables(session, ["a"], {"s": sm.build_signature_def({"x": info})})

    def test_variables_without_a_value(self, session, tmp_path):
        tf.get_variable("v", [2])
        with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value v"):
            sm.Builder(str(tmp_path)).add_meta_graph_and_variables(session, ["a"])
        assert files(tmp_path) == []
