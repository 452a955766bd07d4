"""Damaged files of every format that is read: an error of ours that names the file, never a crash or a hang.

(Checkpoints have theirs in test_bundle_damage.py, their tables in test_table.py.)
"""

import gzip
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from google.protobuf.message import DecodeError
from PIL import Image

import undertow as tf
from undertow.formats.checkpoint_state import read_checkpoint_state
from undertow.formats.crc32c import masked_crc32c
from undertow.formats.events import read_events
from undertow.formats.idx import read_idx
from undertow.formats.messages import Example
from undertow.formats.png import write_png
from undertow.formats.saved_model import SavedModel, read_saved_model, write_saved_model
from undertow.formats.slices import SlicesReader, write_slices
from undertow.formats.table import build_table, read_table
from undertow.formats.tfrecord import RecordWriter, read_records
from undertow.graph.errors import OpError
from undertow.inspect.files import describe

OURS = (OpError, ValueError, OSError, RuntimeError)
NAMED = r"[Nn]ode|[Ff]unction|\(op: "  # an error of a graph that was in no file names the node


# Graphs


def network():
    """A little of everything: variables, a loop, a branch, strings, a gradient; x, y."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    kernel = tf.get_variable("kernel", [3, 2], initializer=tf.ones_initializer())
    y = tf.nn.softmax(tf.matmul(x, kernel))
    y = tf.cond(tf.reduce_sum(y) > 0, lambda: y + 1, lambda: y - 1)
    _, y = tf.while_loop(lambda i, _: i < 3, lambda i, y: (i + 1, y * 2), [0, y])
    tf.string_join([tf.constant("a"), tf.constant("b")])
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(tf.square(kernel)))
    return x, tf.reshape(y, [-1, 2], name="y")


def tangle(nodes, rng):
    """Change what a graph says while it stays one: names, inputs, types, attrs, shapes, order, depth."""
    for _ in range(rng.choice([1, 1, 2, 4])):
        node, other = rng.choice(nodes), rng.choice(nodes)
        kind = rng.randrange(9)
        attrs = sorted(node.attr)
        if kind == 0 and node.input:  # cycles, outputs that are not there, ways into loops and branches
            node.input[rng.randrange(len(node.input))] = other.name + rng.choice(["", ":1", ":99", ":-1", ":x"])
        elif kind == 1:
            node.input.append(rng.choice(["^", "", "^^"]) + other.name)
        elif kind == 2 and node.input:
            del node.input[rng.randrange(len(node.input))]
        elif kind == 3:
            node.name = rng.choice([other.name, "", "../up", "/etc/x", "a" * 5000, "\n", node.name + "/" + other.name])
        elif kind == 4:
            node.op = rng.choice([other.op, "", "Frobnicate", "Merge", "Enter", "Const"])
        elif kind == 5 and attrs:
            del node.attr[rng.choice(attrs)]
        elif kind == 6 and attrs and other.attr:
            node.attr[rng.choice(attrs)].CopyFrom(other.attr[rng.choice(sorted(other.attr))])
        elif kind == 7 and attrs:
            _lie(node.attr[rng.choice(attrs)], rng)
        else:
            nested = node.attr["deep"]
            for _ in range(rng.choice([1, 20, 90])):
                nested = nested.func.attr["deep"]
            nested.i = 1


def _lie(value, rng):
    """Give an attr a number, type or size that is not its own."""
    number = rng.choice([-1, -(2**63), 0, 2**31, 2**40, 2**62, 2**63 - 1])
    if value.HasField("tensor"):
        value.tensor.tensor_shape.dim.add(size=number)
        if rng.random() < 0.5:
            value.tensor.dtype = rng.choice([0, 7, 14, 20, 21, 101, 9999])
    elif value.HasField("shape"):
        value.shape.dim.add(size=number)
    elif value.HasField("type"):
        value.type = rng.choice([0, 1, 7, 20, 21, 101, 9999])
    elif value.HasField("i"):
        value.i = number
    elif value.HasField("list"):
        value.list.i.append(number)
    else:
        value.s = b"\xff\xfe"


@pytest.fixture
def model(tmp_path):
    """A SavedModel of the network; its folder."""
    folder = tmp_path / "a saved model"
    (tmp_path / "words").write_text("one two")
    with tf.Graph().as_default(), tf.Session() as session:
        x, y = network()
        tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, tf.constant(str(tmp_path / "words")))
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, str(folder), {"x": x}, {"y": y}, tf.tables_initializer())
    return folder


def load(path):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.load(session, ["serve"], str(path.parent))


def test_saved_models(fuzz, model):
    fuzz(model / "saved_model.pb", load, errors=OURS, says="saved model")


def test_saved_models_that_are_well_formed(fuzz, model):
    def change(data, rng):
        message = SavedModel.FromString(data)
        tangle(message.meta_graphs[0].graph_def.node, rng)
        return message.SerializeToString()

    fuzz(model / "saved_model.pb", load, change, OURS, "saved model")


def test_saved_models_as_text(fuzz, model, tmp_path):
    write_saved_model(str(model), read_saved_model(str(model)), as_text=True)
    (model / "saved_model.pb").unlink()
    fuzz(model / "saved_model.pbtxt", load, errors=OURS, says="saved model")


@pytest.fixture
def meta(tmp_path):
    path = tmp_path / "m.meta"
    with tf.Graph().as_default():
        network()
        tf.train.Saver().export_meta_graph(str(path))
    return path


def import_meta(path):
    with tf.Graph().as_default():
        tf.train.import_meta_graph(str(path))


def test_meta_graphs(fuzz, meta):
    fuzz(meta, import_meta, errors=OURS)


def test_meta_graphs_that_are_well_formed(fuzz, meta):
    def change(data, rng):
        message = tf.MetaGraphDef.FromString(data)
        tangle(message.graph_def.node, rng)
        return message.SerializeToString()

    fuzz(meta, import_meta, change, OURS)


@pytest.fixture
def graph_file(tmp_path):
    with tf.Graph().as_default() as graph:
        network()
    path = tmp_path / "graph.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def import_graph(path):
    """As a program does, which reads the message itself."""
    try:
        definition = tf.GraphDef.FromString(path.read_bytes())
    except DecodeError:
        raise ValueError("no nodes") from None
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(definition, name="")
        graph.as_graph_def()


def test_graphs(fuzz, graph_file):
    fuzz(graph_file, import_graph, errors=OURS, says=NAMED)


def test_graphs_that_are_well_formed(fuzz, graph_file):
    def change(data, rng):
        definition = tf.GraphDef.FromString(data)
        tangle(definition.node, rng)
        return definition.SerializeToString()

    fuzz(graph_file, import_graph, change, OURS, says=NAMED)


@pytest.mark.parametrize("name", ["branches", "calls", "loops"])
def test_graphs_with_functions(fuzz, tmp_path, name):
    def change(data, rng):
        definition = tf.GraphDef.FromString(data)
        functions = definition.library.function
        chosen = rng.choice([definition, *functions])
        if chosen is definition:
            tangle(chosen.node, rng)
        elif rng.random() < 0.3:  # one that calls itself, or another that does
            chosen.signature.name = rng.choice(functions).signature.name
        else:
            tangle(chosen.node_def, rng)
            _entangle_ends(chosen, rng)
        return definition.SerializeToString()

    golden = Path(__file__).parents[1] / "parity" / "golden" / "functions" / f"{name}.pb.gz"
    path = tmp_path / "graph.pb"
    path.write_bytes(gzip.decompress(golden.read_bytes()))
    fuzz(path, import_graph, change, OURS, NAMED)


def _entangle_ends(function, rng):
    """Make a function's outputs others, and its arguments fewer or more."""
    ends = sorted(function.ret)
    if ends and rng.random() < 0.3:
        function.ret[rng.choice(ends)] = rng.choice([function.ret[rng.choice(ends)], "", "x:0", "x:out:99"])
    if function.signature.input_arg and rng.random() < 0.2:
        del function.signature.input_arg[rng.randrange(len(function.signature.input_arg))]


def test_functions_that_call_each_other_twice_end_in_an_error(bounded):
    definition = tf.GraphDef()
    for i in range(50):  # 2 ** 50 nodes
        function = definition.library.function.add()
        function.signature.name = f"f{i}"
        for part in "ab":
            function.node_def.add(name=part, op=f"f{i + 1}" if i < 49 else "NoOp")
    definition.node.add(name="n", op="f0")
    with tf.Graph().as_default(), bounded("functions"), pytest.raises(ValueError, match=r"Node .*nodes|deep"):
        tf.import_graph_def(definition)


def test_graphs_that_are_inspected(fuzz, graph_file):
    fuzz(graph_file, lambda path: describe(path, stats=True))


def test_a_graph_that_says_little_and_means_much_costs_little(bounded, tmp_path):
    definition = tf.GraphDef()
    for i in range(100):  # 100 GiB in all
        node = definition.node.add(name=f"c{i}", op="Const")
        node.attr["dtype"].type = 1
        node.attr["value"].tensor.dtype = 1
        node.attr["value"].tensor.float_val.append(1.0)
        node.attr["value"].tensor.tensor_shape.dim.add(size=1 << 28)
    path = tmp_path / "graph.pb"
    path.write_bytes(definition.SerializeToString())
    with bounded("a graph of 100 GiB"):
        import_graph(path)


def test_graphs_nested_deeper_than_any_program_nests_them(tmp_path):
    for text in ("node { attr { key: 'f' value { func { " * 5000, "meta_graphs { graph_def { " + "library { " * 9000):
        (tmp_path / "saved_model.pbtxt").write_text(text)
        with pytest.raises(OSError, match=r"Cannot parse file .*saved_model\.pbtxt"):
            read_saved_model(str(tmp_path))
    deep = b""
    for _ in range(20_000):
        deep = b"\x12" + _varint(len(deep)) + deep
    (tmp_path / "saved_model.pb").write_bytes(deep)
    with pytest.raises((OSError, OpError), match=r"saved_model\.pb"):
        read_saved_model(str(tmp_path))


def _varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


# The state of a folder of checkpoints


def test_checkpoint_states(fuzz, tmp_path):
    path = tmp_path / "checkpoint"
    state = {"model_checkpoint_path": "m-3", "all_model_checkpoint_paths": ["m-2", "m-3"]}
    path.write_text("".join(f"{k}: {v!r}\n" for k, vs in state.items() for v in ([vs] if isinstance(vs, str) else vs)))
    fuzz(path, read_checkpoint_state)


# Checkpoints of the first format


def test_v1_checkpoints(fuzz, tmp_path, mutated):
    path = tmp_path / "model.ckpt"
    rows = [("rows", f"4 3 {at},2:-", np.ones((2, 3), np.float32)) for at in (0, 2)]
    write_slices(path, [*rows, ("n", "", np.int64(-5)), ("s", "", np.array([b"one", b""], object)), *packed()])
    entries = read_table(path.read_bytes(), "t")

    def change(data, rng):
        """Damage to the file, and to its entries under good checksums."""
        if rng.random() < 0.3:
            return mutated(data, rng)
        victim = rng.choice(sorted(entries))
        return build_table(sorted((entries | {victim: mutated(entries[victim], rng)}).items()))

    def read(path):
        reader = SlicesReader(path)
        for key in reader:
            reader.read(key)

    fuzz(path, read, change)


def packed():
    return [(name, "", np.array([[1, 0, 1]]).astype(name)) for name in ("bool", "int8", "float16", "complex64")]


# Records


@pytest.fixture
def examples():
    """Serialized Examples of three kinds of feature."""
    found = []
    for i in range(5):
        made = Example()
        made.features.feature["label"].int64_list.value.append(-i)
        made.features.feature["pixels"].float_list.value.extend([0.5] * 4)
        made.features.feature["names"].bytes_list.value.extend([b"n"] * i)
        found.append(made.SerializeToString())
    return found


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_records(fuzz, tmp_path, examples, compression):
    with RecordWriter(tmp_path / "records", compression) as writer:
        for example in examples:
            writer.write(example)
    fuzz(tmp_path / "records", lambda path: list(read_records(path, compression)))


def test_records_that_are_inspected(fuzz, tmp_path, examples):
    with RecordWriter(tmp_path / "records") as writer:
        for example in examples:
            writer.write(example)
    fuzz(tmp_path / "records", describe)


def test_records_whose_lengths_lie_under_good_checksums(tmp_path):
    for length in (2**63, 2**64 - 1, 1 << 40, 5):
        size = struct.pack("<Q", length)
        (tmp_path / "r").write_bytes(size + struct.pack("<I", masked_crc32c(size)) + b"data" + bytes(4))
        with pytest.raises(OpError, match="r: truncated record at 0"):
            list(read_records(tmp_path / "r"))


def test_a_small_compressed_file_of_much_costs_no_more_than_its_records(tmp_path):
    with RecordWriter(tmp_path / "r", "GZIP") as writer:
        for _ in range(50):
            writer.write(bytes(1 << 20))
    assert (tmp_path / "r").stat().st_size < 100_000
    assert sum(map(len, read_records(tmp_path / "r", "GZIP"))) == 50 << 20


def test_events(fuzz, tmp_path, mutated):
    def change(data, rng):
        """Damage to the file, and to the events under good checksums."""
        if rng.random() < 0.5:
            return mutated(data, rng)
        return frame([mutated(record, rng) for record in records])

    writer = tf.summary.FileWriter(str(tmp_path / "logs"))
    for step in range(3):
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="loss", simple_value=step)]), step)
    writer.close()
    (path,) = (tmp_path / "logs").iterdir()
    records = list(read_records(path))
    fuzz(path, lambda path: list(read_events(path)), change)


def frame(records):
    """The bytes of a TFRecord file."""
    made = io.BytesIO()
    for record in records:
        size = struct.pack("<Q", len(record))
        made.write(size + struct.pack("<I", masked_crc32c(size)) + record + struct.pack("<I", masked_crc32c(record)))
    return made.getvalue()


# Arrays and images


@pytest.mark.parametrize("packed", [False, True])
def test_idx(fuzz, tmp_path, packed):
    data = struct.pack(">HBB2I", 0, 8, 2, 3, 4) + bytes(range(12))
    (tmp_path / "images-idx3").write_bytes(gzip.compress(data) if packed else data)
    fuzz(tmp_path / "images-idx3", read_idx, errors=(ValueError,))


def pictures():
    """Image files by their kind."""
    rng = np.random.RandomState(0)
    pixels = rng.randint(0, 256, (9, 7, 3)).astype(np.uint8)
    found = {"deep.png": write_png(rng.randint(0, 65536, (9, 7, 3)).astype(np.uint16))}
    for name, mode, options in (
        ("a.jpg", "RGB", {}),
        ("progressive.jpg", "RGB", {"progressive": True}),
        ("cmyk.jpg", "CMYK", {}),
        ("a.png", "RGB", {}),
        ("palette.png", "P", {"transparency": 3}),
        ("a.bmp", "RGB", {}),
        ("a.gif", "P", {"save_all": True, "append_images": [Image.new("P", (7, 9), 5)]}),
    ):
        file = io.BytesIO()
        Image.fromarray(pixels).convert(mode).save(file, {"jpg": "JPEG"}.get(name[-3:], name[-3:].upper()), **options)
        found[name] = file.getvalue()
    return found


@pytest.mark.filterwarnings("ignore")  # Pillow's of what it finds odd
@pytest.mark.parametrize("name", pictures())
def test_images(fuzz, tmp_path, name):
    decode = {"jpg": tf.image.decode_jpeg, "png": tf.image.decode_png, "bmp": tf.image.decode_bmp}.get(name[-3:])
    with tf.Graph().as_default(), tf.Session() as session:
        contents = tf.placeholder(tf.string, [])
        fetches = [tf.image.decode_image(contents), (decode or tf.image.decode_gif)(contents)]
        (tmp_path / name).write_bytes(pictures()[name])
        fuzz(tmp_path / name, lambda path: session.run(fetches, {contents: path.read_bytes()}), says="Decode")


# Examples


FEATURES = {
    "label": tf.FixedLenFeature([], tf.int64),
    "pixels": tf.FixedLenFeature([4], tf.float32),
    "names": tf.VarLenFeature(tf.string),
}


@pytest.fixture
def parsed():
    with tf.Graph().as_default(), tf.Session() as session:
        serialized = tf.placeholder(tf.string, [None])
        features = tf.parse_example(serialized, FEATURES)
        one = tf.parse_single_example(serialized[0], FEATURES)
        yield lambda path: session.run([features, one], {serialized: [path.read_bytes(), path.read_bytes()]})


def test_examples(fuzz, tmp_path, examples, parsed):
    (tmp_path / "example").write_bytes(examples[3])
    fuzz(tmp_path / "example", parsed, says="arse")
