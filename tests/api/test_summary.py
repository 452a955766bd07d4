"""`tf.summary`; numbers and sentences were seen on TensorFlow 2.21. Its exact bytes are in tests/parity."""

import io
import math
import os
import pathlib

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import undertow as tf

NAN, INF = float("nan"), float("inf")


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def run(summary, feed=None):
    """The values of the Summary that an op gives."""
    with tf.Session() as session:
        return list(tf.Summary.FromString(session.run(summary, feed)).value)


def pixels(value):
    shown = np.asarray(Image.open(io.BytesIO(value.image.encoded_image_string)))
    assert shown.shape[:2] == (value.image.height, value.image.width)
    return shown.tolist()


def row(*values, dtype=tf.float32):
    """An image of one row of grey pixels."""
    return tf.constant([[[[v] for v in values]]], dtype)


# Ops


def test_a_summary_has_a_static_shape_and_is_collected():
    a, b = tf.summary.scalar("a", 1.0), tf.summary.scalar("b", 1.0, collections=["mine"])
    assert a.shape == b.shape == ()
    assert tf.get_collection(tf.GraphKeys.SUMMARIES) == [a]
    assert tf.get_collection("mine") == [b]


def test_there_is_nothing_to_merge_where_there_are_no_summaries():
    assert tf.summary.merge_all() is None
    assert tf.summary.merge_all(key="other") is None
    with pytest.raises(ValueError, match="MergeSummary"):
        tf.summary.merge([])


def test_the_shape_of_a_scalar_is_checked_when_it_runs():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"not the same shape: \[\] != \[2\] \(tag 'x'\)"):
        run(tf.summary.scalar("x", [1.0, 2.0]))


def test_many_tags_may_stand_for_many_values():
    values = run(tf.raw_ops.ScalarSummary(tags=["a", "b"], values=[1.0, 2.0]))
    assert [(v.tag, v.simple_value) for v in values] == [("a", 1.0), ("b", 2.0)]


def test_only_numbers_are_scalars():
    for value in (True, "s"):
        with pytest.raises(TypeError, match="values"):
            tf.summary.scalar("x", tf.constant(value))


@pytest.mark.parametrize(
    ("value", "sentence"), [(NAN, "Nan in summary histogram for: h"), (INF, "Infinity in Histogram")]
)
def test_a_histogram_of_what_is_not_finite_fails(value, sentence):
    with pytest.raises(tf.errors.InvalidArgumentError, match=sentence):
        run(tf.summary.histogram("h", tf.constant([1.0, value])))


def test_two_values_of_one_tag_cannot_be_merged():
    twice = [tf.summary.scalar("a", 1.0), tf.raw_ops.ScalarSummary(tags="a", values=1.0)]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Duplicate tag a found in summary inputs"):
        run(tf.summary.merge(twice))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse one of the summary inputs"):
        run(tf.summary.merge(["notasummary"]))


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((0, 1, 2, 4), [0, 63, 127, 255]),
        ((0.3, 0.7, 0.11, 0.999), [76, 178, 28, 255]),
        ((-1, 0, 1), [1, 128, 255]),
        ((-3, 0, 1), [1, 128, 170]),
        ((-1, 0, 3), [85, 128, 255]),
        ((0, 0, 0), [0, 0, 0]),
        ((1e-7, 0), [0, 0]),
        ((-1e-9, 0, 3), [128, 128, 255]),
        ((0, NAN, INF, 1, -INF), [0, 255, 255, 255, 255]),
        ((NAN, -1, 1), [255, 1, 255]),
    ],
)
def test_floats_are_scaled_to_bytes(values, shown):
    (value,) = run(tf.summary.image("im", row(*values)))
    assert (value.tag, value.image.colorspace) == ("im/image/0", 1)
    assert pixels(value) == [shown]


@pytest.mark.parametrize("dtype", [tf.float16, tf.float64])
def test_other_floats_are_images_too(dtype):
    (value,) = run(tf.summary.image("im", row(0.5, 0.25, dtype=dtype)))
    assert pixels(value) == [[255, 127]]


def test_bytes_are_shown_as_they_are_and_each_float_image_is_scaled_by_itself():
    numbers = np.arange(12).reshape(2, 1, 2, 3)
    whole = run(tf.summary.image("im", tf.constant(numbers, tf.uint8)))
    assert [pixels(v) for v in whole] == numbers.tolist()
    scaled = run(tf.summary.image("im", tf.constant([[[[0.5], [1.0]]], [[[10.0], [20.0]]]])))
    assert [pixels(v) for v in scaled] == [[[127, 255]], [[127, 255]]]


def test_a_pixel_that_is_not_finite_is_red_whatever_its_other_channels():
    (rgb,) = run(tf.summary.image("im", tf.constant([[[[1.0, 2.0, 3.0], [1.0, NAN, 2.0]]]])))
    assert pixels(rgb) == [[[85, 170, 255], [255, 0, 0]]]
    (rgba,) = run(tf.summary.image("im", tf.constant([[[[1.0, 2.0, 3.0, 4.0], [-1.0, NAN, 2.0, 3.0]]]])))
    assert pixels(rgba) == [[[63, 127, 191, 255], [255, 0, 0, 255]]]


def test_the_tags_of_images_are_numbered_unless_only_one_is_wanted():
    batch = tf.zeros([5, 1, 1, 1])
    assert [v.tag for v in run(tf.summary.image("im", batch))] == [f"im/image/{i}" for i in range(3)]
    assert [v.tag for v in run(tf.summary.image("im", batch, max_outputs=1))] == ["im_1/image"]
    assert run(tf.summary.image("im", tf.zeros([0, 1, 1, 1]))) == []
    assert [v.tag for v in run(tf.summary.image("im", batch, 1, family="f"))] == ["f/f/im/image"]


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((1, 2, 2, 2), r"Tensor must be 4-D with last dim 1, 3, or 4, not \[1,2,2,2\]"),
        ((2, 2, 2), r"not \[2,2,2\]"),
        ((1, 0, 2, 1), r"input tensor must have non-zero dims. Found: \[1, 0, 2, 1\]"),
    ],
)
def test_what_is_no_batch_of_images_is_refused_when_it_runs(shape, sentence):
    with pytest.raises(tf.errors.InvalidArgumentError, match=sentence):
        run(tf.summary.image("im", tf.zeros(shape)))


def test_a_sound_is_a_wav_of_16_bits():
    samples = [0, 0.5, -0.5, 1, -1, 2, -2, 0.1, 0.25, NAN, INF, 1.5e-5, -1.6e-5]
    (value,) = run(tf.summary.audio("au", tf.constant([samples]), 8000.6))
    audio = value.audio
    assert value.tag == "au/audio/0"
    assert (audio.num_channels, audio.length_frames, audio.content_type) == (1, 13, "audio/wav")
    assert audio.sample_rate == pytest.approx(8000.6)
    header, data = audio.encoded_audio_string[:44], audio.encoded_audio_string[44:]
    expected = "524946463e00000057415645666d74201000000001000100411f0000823e00000200100064617461" + "1a000000"
    assert header.hex() == expected
    wanted = [0, 16384, -16384, 32767, -32768, 32767, -32768, 3277, 8192, 0, 32767, 0, -1]
    assert np.frombuffer(data, "<i2").tolist() == wanted


def test_samples_half_way_are_rounded_away_from_zero():
    halves = np.array([[0.5, 1.5, 2.5, -0.5, -1.5]], np.float32) / 32768
    (value,) = run(tf.summary.audio("au", tf.constant(halves), 8000))
    assert np.frombuffer(value.audio.encoded_audio_string[44:], "<i2").tolist() == [1, 2, 3, -1, -2]


def test_a_sound_may_have_channels_and_only_so_many_are_kept():
    values = run(tf.summary.audio("au", tf.zeros([4, 3, 2]), tf.constant(44100.0), max_outputs=2))
    assert [(v.tag, v.audio.num_channels, v.audio.length_frames) for v in values] == [
        ("au/audio/0", 2, 3),
        ("au/audio/1", 2, 3),
    ]
    (value,) = run(tf.summary.audio("au", tf.zeros([4, 3, 2]), 44100, max_outputs=1))
    assert value.tag == "au_1/audio"


@pytest.mark.parametrize(
    ("shape", "rate", "sentence"),
    [
        ((3,), 8000, r"Tensor must be 3-D or 2-D, got: \[3\]"),
        ((1, 2), 0.0, "sample_rate must be > 0"),
        ((1, 3, 0), 8000, "audio is null"),
    ],
)
def test_what_is_no_sound_is_refused_when_it_runs(shape, rate, sentence):
    with pytest.raises(tf.errors.InvalidArgumentError, match=sentence):
        run(tf.summary.audio("au", tf.zeros(shape), rate))


def test_a_text_is_of_strings():
    with pytest.raises(ValueError, match=r"Expected tensor Const:0 to have dtype string"):
        tf.summary.text("t", tf.constant(1))


def test_the_description_of_a_tensor_summary_of_the_first_kind_is_read():
    node = tf.NodeDef(op="TensorSummary")
    node.attr["description"].s = b'{"typeHint": "scalar"}'
    assert tf.summary.get_summary_description(node).type_hint == "scalar"
    with pytest.raises(ValueError, match="Can't get_summary_description on ScalarSummary"):
        tf.summary.get_summary_description(tf.summary.scalar("x", 1.0).op.node_def)


# Files


def written(logdir):
    """All events of the folder's files, without the versions'."""
    events = [e for name in sorted(os.listdir(logdir)) for e in tf.train.summary_iterator(os.path.join(logdir, name))]
    return [e for e in events if not e.file_version]


def test_tensorboard_shows_what_a_program_writes(tmp_path):
    x = tf.placeholder(tf.float32)
    tf.summary.scalar("loss", tf.reduce_sum(x))
    tf.summary.histogram("weights", x)
    tf.summary.image("im", tf.reshape(x, [1, 1, -1, 1]))
    merged = tf.summary.merge_all()
    with tf.Session() as session, tf.summary.FileWriter(str(tmp_path), session.graph) as writer:
        for step in range(3):
            writer.add_summary(session.run(merged, {x: [1.0, step]}), step)
    board = EventAccumulator(str(tmp_path), size_guidance={"histograms": 0, "images": 0})
    board.Reload()
    assert [(e.step, e.value) for e in board.Scalars("loss")] == [(0, 1.0), (1, 2.0), (2, 3.0)]
    assert [(h.step, h.histogram_value.num) for h in board.Histograms("weights")] == [(0, 2), (1, 2), (2, 2)]
    assert [image.step for image in board.Images("im/image/0")] == [0, 1, 2]
    assert [node.name for node in board.Graph().node] == [op.name for op in tf.get_default_graph().get_operations()]
    assert board.MetaGraph().graph_def == board.Graph()


def test_each_thing_is_an_event_of_its_kind(tmp_path):
    value = tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=1.0)])
    tf.constant(1.0, name="c")
    graph = tf.get_default_graph()
    with tf.summary.FileWriter(tmp_path) as writer:
        writer.add_summary(value, 3)
        writer.add_summary(value.SerializeToString(), np.int64(4))
        writer.add_summary(value)
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), 5)
        writer.add_event(tf.Event(wall_time=1.5, step=7))
        writer.add_run_metadata(tf.RunMetadata(), "run", 2)
        writer.add_graph(graph, 9)
        writer.add_graph(graph.as_graph_def())
        writer.add_meta_graph(tf.MetaGraphDef(), 1)
    events = written(tmp_path)
    kinds = ["summary"] * 3 + ["session_log", None, "tagged_run_metadata", "graph_def", "graph_def", "meta_graph_def"]
    assert [e.WhichOneof("what") for e in events] == kinds
    assert [e.step for e in events] == [3, 4, 0, 5, 7, 2, 9, 0, 1]
    node = tf.GraphDef.FromString(events[6].graph_def).node[0]
    assert (node.name, len(node.attr["_output_shapes"].list.shape)) == ("c", 1)


@pytest.mark.parametrize(
    ("method", "args", "error", "sentence"),
    [
        ("add_summary", (3,), TypeError, "summary must be a Summary or the bytes of one, not int"),
        ("add_summary", (b"\xff",), ValueError, "bytes that are not a Summary"),
        ("add_event", (3,), TypeError, "event must be an Event, not int"),
        ("add_session_log", (3,), TypeError, "session_log must be a SessionLog, not int"),
        ("add_graph", (None,), TypeError, "must be an instance of `Graph` or the deprecated `GraphDef`"),
        ("add_meta_graph", (3,), TypeError, "meta_graph_def must be type MetaGraphDef, saw type: <class 'int'>"),
    ],
)
def test_what_is_not_of_the_kind_is_refused(tmp_path, method, args, error, sentence):
    with tf.summary.FileWriter(tmp_path) as writer, pytest.raises(error, match=sentence):
        getattr(writer, method)(*args)
    assert written(tmp_path) == []


def test_a_tag_has_run_metadata_once_and_a_graph_comes_in_one_form(tmp_path):
    graph = tf.get_default_graph()
    with tf.summary.FileWriter(tmp_path) as writer:
        writer.add_run_metadata(tf.RunMetadata(), "run")
        with pytest.raises(ValueError, match="The provided tag was already used for this event type"):
            writer.add_run_metadata(tf.RunMetadata(), "run")
        with pytest.raises(ValueError, match="Please pass only graph, or graph_def"):
            writer.add_graph(graph, graph_def=graph.as_graph_def())


def test_the_metadata_of_a_tag_is_written_once_and_the_summary_given_is_left_as_it_is(tmp_path):
    metadata = tf.SummaryMetadata(display_name="D")
    summary = tf.Summary(value=[tf.Summary.Value(tag="m", simple_value=1.0, metadata=metadata)])
    with tf.summary.FileWriter(tmp_path) as writer:
        writer.add_summary(summary, 1)
        writer.add_summary(summary, 2)
    assert [e.summary.value[0].HasField("metadata") for e in written(tmp_path)] == [True, False]
    assert summary.value[0].metadata == metadata


def test_a_closed_writer_warns_once_and_writes_again_when_reopened(tmp_path):
    writer = tf.summary.FileWriter(tmp_path)
    writer.close()
    writer.close()
    with pytest.warns(UserWarning, match="Attempting to use a closed FileWriter") as warned:
        writer.add_summary(tf.Summary(), 1)
        writer.add_summary(tf.Summary(), 2)
    assert len(warned) == 1
    writer.flush()
    writer.reopen()
    writer.reopen()
    writer.add_summary(tf.Summary(), 3)
    writer.close()
    assert len(os.listdir(tmp_path)) == 2
    assert [e.step for e in written(tmp_path)] == [3]


def test_a_writer_makes_its_folder_and_knows_it(tmp_path):
    writer = tf.summary.FileWriter(str(tmp_path / "a" / "b"), filename_suffix=".mine")
    assert writer.get_logdir() == str(tmp_path / "a" / "b")
    assert os.listdir(tmp_path / "a" / "b")[0].endswith(".mine")
    with pytest.raises(tf.errors.UnimplementedError, match=r"FileWriter\(session=…\)"):
        tf.summary.FileWriter(tmp_path, session=3)


def test_the_cache_has_one_writer_for_a_folder(tmp_path):
    cache = tf.summary.FileWriterCache
    writer = cache.get(str(tmp_path))
    assert cache.get(str(tmp_path)) is writer
    cache.clear()
    assert cache.get(str(tmp_path)) is not writer
    cache.clear()
    assert [e.WhichOneof("what") for e in written(tmp_path)] == ["graph_def", "meta_graph_def"] * 2


def test_a_graph_is_written_as_text_or_bytes(tmp_path):
    tf.constant(1.0, name="c")
    graph = tf.get_default_graph()
    path = tf.train.write_graph(graph, str(tmp_path / "new" / "folder"), "g.pbtxt")
    assert path == str(tmp_path / "new" / "folder" / "g.pbtxt")
    assert pathlib.Path(path).read_text().startswith('node {\n  name: "c"\n  op: "Const"\n')
    path = tf.io.write_graph(graph.as_graph_def(), tmp_path, "g.pb", as_text=False)
    assert tf.GraphDef.FromString(pathlib.Path(path).read_bytes()) == graph.as_graph_def()
    with pytest.raises(TypeError, match="writes a Graph or a GraphDef, not int"):
        tf.train.write_graph(3, tmp_path, "g")
    assert sorted(os.listdir(tmp_path)) == ["g.pb", "new"]


def test_a_damaged_event_file_is_a_data_loss(tmp_path):
    with tf.summary.FileWriter(tmp_path) as writer:
        writer.add_summary(tf.Summary(), 1)
    (name,) = os.listdir(tmp_path)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[:-1])
    with pytest.raises(tf.errors.DataLossError, match=f"{name}: truncated record at"):
        list(tf.train.summary_iterator(str(tmp_path / name)))
    assert math.isfinite(next(tf.train.summary_iterator(str(tmp_path / name))).wall_time)
