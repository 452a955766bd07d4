"""What a file holds, told by its content."""

import math
import struct

import numpy as np
import pytest

import undertow as tf
from undertow.formats.bundle import write_bundle
from undertow.formats.messages import Example, SequenceExample
from undertow.formats.slices import write_slices
from undertow.formats.tfrecord import RecordWriter
from undertow.graph.errors import DataLossError, InvalidArgumentError, NotFoundError
from undertow.inspect.files import describe


@pytest.fixture
def checkpoint(tmp_path):
    prefix = str(tmp_path / "model.ckpt-5")
    write_bundle(
        prefix,
        {"w": np.array([[3.0, -4.0], [np.nan, 0.0]], np.float32), "step": np.int64(7), "s": np.array([b"ab"], object)},
    )
    return prefix


class TestCheckpoints:
    def test_are_told_tensor_by_tensor(self, checkpoint):
        found = describe(checkpoint)
        assert (found["kind"], found["format"], found["elements"]) == ("checkpoint", "V2", 6)
        assert [(t["name"], t["dtype"], t["shape"], t["bytes"]) for t in found["tensors"]] == [
            ("s", "string", [1], 7),  # a length, its checksum, two letters
            ("step", "int64", [], 8),
            ("w", "float32", [2, 2], 16),
        ]

    def test_with_stats_tell_what_the_finite_numbers_are_like(self, checkpoint):
        stats = {t["name"]: t.get("stats") for t in describe(checkpoint, stats=True)["tensors"]}
        assert stats["s"] is None
        assert stats["step"] == {"nan": 0, "inf": 0, "min": 7, "mean": 7, "max": 7, "norm": 7}
        assert stats["w"] == {"nan": 1, "inf": 0, "min": -4, "mean": -1 / 3, "max": 3, "norm": 5}

    def test_are_found_by_each_of_their_files_and_by_their_folder(self, checkpoint, tmp_path):
        (tmp_path / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-5"\n')
        for name in (".index", ".data-00000-of-00001"):
            assert describe(f"{checkpoint}{name}")["path"] == checkpoint
        for path in (tmp_path, tmp_path / "checkpoint"):
            assert describe(path)["path"] == checkpoint

    def test_of_the_v1_format_are_told_likewise(self, tmp_path):
        path = str(tmp_path / "old.ckpt")
        write_slices(path, [("w", "", np.ones((2, 3), np.float32)), ("n", "", np.int64(3))])
        found = describe(path, stats=True)
        assert (found["format"], found["elements"], found["bytes"]) == ("V1", 7, 32)
        assert [(t["name"], t["shape"], t["stats"]["max"]) for t in found["tensors"]] == [
            ("n", [], 3),
            ("w", [2, 3], 1),
        ]

    def test_are_listed_without_their_data_being_there(self, checkpoint, tmp_path):
        (tmp_path / "model.ckpt-5.data-00000-of-00001").unlink()
        assert len(describe(checkpoint)["tensors"]) == 3
        with pytest.raises(NotFoundError, match="data-00000-of-00001"):
            describe(checkpoint, stats=True)


def network():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    kernel = tf.get_variable("kernel", [4, 3], initializer=tf.ones_initializer())
    return x, tf.nn.softmax(tf.matmul(x, kernel), name="y")


class TestGraphs:
    @pytest.mark.parametrize("as_text", [False, True])
    def test_tell_inputs_outputs_variables_and_types(self, tmp_path, as_text):
        with tf.Graph().as_default() as graph:
            network()
        path = tf.train.write_graph(graph, str(tmp_path), "any name", as_text=as_text)
        found = describe(path)
        assert (found["kind"], found["nodes"], found["lacking"]) == ("graph", 7, {})
        assert found["inputs"] == [{"name": "x", "dtype": "float32", "shape": [None, 4]}]
        assert found["variables"] == [{"name": "kernel", "dtype": "float32", "shape": [4, 3]}]
        assert found["outputs"] == [{"name": "y", "type": "Softmax", "dtype": "float32", "shape": [None, 3]}]
        assert [(c["name"], c["shape"]) for c in found["constants"]] == [("kernel/Initializer/ones", [4, 3])]

    def test_tell_what_undertow_lacks_by_type(self, tmp_path):
        definition = tf.GraphDef()
        for name, op_type in (("a", "Frobnicate"), ("b", "Frobnicate"), ("c", "NoOp"), ("d", "Twiddle")):
            definition.node.add(name=name, op=op_type)
        path = tmp_path / "g.pb"
        path.write_bytes(definition.SerializeToString())
        found = describe(path)
        assert found["lacking"] == {"Frobnicate": 2, "Twiddle": 1}
        assert [output["name"] for output in found["outputs"]] == ["a", "b", "d"]

    def test_of_a_training_the_outputs_are_the_models(self, tmp_path):
        with tf.Graph().as_default() as graph:
            _, y = network()
            loss = tf.reduce_mean(tf.square(y), name="loss")
            tf.train.AdamOptimizer().minimize(loss, name="train")
            tf.summary.scalar("loss", loss)
        path = tf.train.write_graph(graph, str(tmp_path), "g.pb", as_text=False)
        assert [output["name"] for output in describe(path)["outputs"]] == ["loss"]

    def test_look_for_what_is_lacking_in_functions_too(self, tmp_path):
        definition = tf.GraphDef()
        definition.node.add(name="call", op="PartitionedCall").attr["f"].func.name = "inside"
        function = definition.library.function.add()
        function.signature.name = "inside"
        function.node_def.add(name="a", op="Frobnicate")
        path = tmp_path / "g.pb"
        path.write_bytes(definition.SerializeToString())
        assert describe(path)["lacking"] == {"Frobnicate": 1}

    def test_constants_that_lie_about_their_size_are_named(self, tmp_path):
        definition = tf.GraphDef()
        node = definition.node.add(name="c", op="Const")
        node.attr["dtype"].type = 1
        tensor = node.attr["value"].tensor
        tensor.dtype, tensor.tensor_content = 1, b"1234"
        tensor.tensor_shape.dim.add(size=5)
        path = tmp_path / "g.pb"
        path.write_bytes(definition.SerializeToString())
        with pytest.raises(DataLossError, match=r"g\.pb: the constant 'c': .* 4 bytes"):
            describe(path, stats=True)

    def test_meta_graphs_tell_signatures_and_collections_and_leave_the_saver_out(self, tmp_path):
        path = str(tmp_path / "m.meta")
        with tf.Graph().as_default():
            network()
            tf.train.Saver().export_meta_graph(path)
        found = describe(path)
        assert (found["kind"], found["tensorflow"]) == ("meta graph", "1.15.5")
        assert found["collections"] == {"trainable_variables": 1, "variables": 1}
        assert [i["name"] for i in found["inputs"]] == ["x"]
        assert [o["name"] for o in found["outputs"]] == ["y"]

    def test_saved_models_tell_their_graphs_variables_and_assets(self, tmp_path):
        folder = tmp_path / "model"
        (tmp_path / "words").write_text("one")
        with tf.Graph().as_default(), tf.Session() as session:
            x, y = network()
            tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, tf.constant(str(tmp_path / "words")))
            session.run(tf.global_variables_initializer())
            tf.saved_model.simple_save(session, str(folder), {"in": x}, {"out": y})
        for path in (folder, folder / "saved_model.pb"):
            found = describe(path, stats=True)
            assert (found["kind"], found["assets"]) == ("saved model", {"words": 3})
            (graph,) = found["graphs"]
            assert graph["tags"] == ["serve"]
            assert graph["signatures"]["serving_default"] == {
                "method": "tensorflow/serving/predict",
                "inputs": {"in": {"name": "x:0", "dtype": "float32", "shape": [None, 4]}},
                "outputs": {"out": {"name": "y:0", "dtype": "float32", "shape": [None, 3]}},
            }
            (kernel,) = found["variables"]["tensors"]
            assert (kernel["name"], kernel["stats"]["norm"]) == ("kernel", math.sqrt(12))


def example(label, pixels):
    made = Example()
    made.features.feature["label"].int64_list.value.append(label)
    made.features.feature["pixels"].float_list.value.extend(pixels)
    if label:
        made.features.feature["name"].bytes_list.value.append(b"x")
    return made.SerializeToString()


class TestRecords:
    @pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
    def test_tell_the_features_of_the_examples_in_them(self, tmp_path, compression):
        path = tmp_path / "train"
        with RecordWriter(path, compression) as writer:
            for label in range(150):
                writer.write(example(label, [0.0] * (label % 3)))
        found = describe(path)
        assert (found["kind"], found["compression"], found["records"]) == ("records", compression or None, 150)
        assert (found["message"], found["looked_into"]) == ("Example", 100)
        assert found["features"] == [
            {"name": "label", "kinds": ["int64"], "in": 100, "length": [1, 1]},
            {"name": "name", "kinds": ["bytes"], "in": 99, "length": [1, 1]},
            {"name": "pixels", "kinds": ["float"], "in": 100, "length": [0, 2]},
        ]

    def test_tell_the_feature_lists_of_sequence_examples(self, tmp_path):
        made = SequenceExample()
        made.context.feature["length"].int64_list.value.append(2)
        for word in (b"a", b"b"):
            made.feature_lists.feature_list["words"].feature.add().bytes_list.value.append(word)
        with RecordWriter(tmp_path / "f") as writer:
            writer.write(made.SerializeToString())
        found = describe(tmp_path / "f")
        assert found["message"] == "SequenceExample"
        assert found["features"] == [{"name": "length", "kinds": ["int64"], "in": 1, "length": [1, 1]}]
        assert found["feature_lists"] == [
            {"name": "words", "kinds": ["bytes"], "in": 1, "length": [1, 1], "steps": [2, 2]}
        ]

    def test_of_something_else_are_counted(self, tmp_path):
        with RecordWriter(tmp_path / "f") as writer:
            writer.write(b"\xff\xff\xff")
            writer.write(b"")
        found = describe(tmp_path / "f")
        assert (found["records"], found["smallest"], found["largest"], found["message"]) == (2, 0, 3, None)

    def test_events_are_told_tag_by_tag(self, tmp_path):
        writer = tf.summary.FileWriter(str(tmp_path))
        for step in (3, 5):
            summary = tf.Summary(value=[tf.Summary.Value(tag="loss", simple_value=1.0 / step)])
            writer.add_summary(summary, step)
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="h", histo=tf.HistogramProto())]), 9)
        writer.close()
        found = describe(next(tmp_path.iterdir()))
        assert (found["kind"], found["events"]) == ("events", 4)
        assert found["tags"] == [
            {"tag": "h", "kind": "histogram", "count": 1, "steps": [9, 9]},
            {"tag": "loss", "kind": "scalar", "count": 2, "steps": [3, 5], "last": np.float32(0.2)},
        ]


class TestWhatCannotBeTold:
    @pytest.mark.parametrize("data", [b"", b"hello", b"\0" * 100, b"\x1f\x8bnot gzip", b"\x78\x9c" + b"\xff" * 20])
    def test_a_file_of_no_kind_is_said_to_be_none(self, tmp_path, data):
        (tmp_path / "f").write_bytes(data)
        with pytest.raises(
            InvalidArgumentError, match=r"f: this is no checkpoint, graph, SavedModel, TFRecord or event"
        ):
            describe(tmp_path / "f")

    def test_a_folder_of_something_else_is_said_to_be_one(self, tmp_path):
        with pytest.raises(InvalidArgumentError, match="neither a SavedModel nor a `checkpoint` file"):
            describe(tmp_path)

    def test_what_is_not_there_is_not_found(self, tmp_path):
        with pytest.raises(NotFoundError, match=r"absent; No such file"):
            describe(tmp_path / "absent")

    def test_what_is_broken_is_named_with_the_place(self, checkpoint, tmp_path):
        index = tmp_path / "model.ckpt-5.index"
        data = bytearray(index.read_bytes())
        data[3] ^= 1
        index.write_bytes(data)
        with pytest.raises(
            DataLossError, match=r"model\.ckpt-5\.index: a block's checksum does not match \(at byte 0\)"
        ):
            describe(index)
        with RecordWriter(tmp_path / "records") as writer:
            writer.write(example(1, [2.0]))
        cut = (tmp_path / "records").read_bytes()[:-1]
        (tmp_path / "records").write_bytes(cut)
        with pytest.raises(DataLossError, match=r"records: truncated record at 0"):
            describe(tmp_path / "records")

    def test_a_broken_checkpoint_of_the_v1_format_is_named(self, tmp_path):
        (tmp_path / "old.ckpt").write_bytes(bytes(48) + struct.pack("<Q", 0xDB4775248B80FB57))
        with pytest.raises(DataLossError, match=r"old\.ckpt: "):
            describe(tmp_path / "old.ckpt")
