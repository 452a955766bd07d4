"""V1 checkpoints: what TensorFlow wrote is read, what is written are its bytes, what is damaged is named."""

import random
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

import undertow as tf
from undertow.formats.bundle import Slice
from undertow.formats.checkpoint import open_checkpoint
from undertow.formats.messages import SavedTensorSlices
from undertow.formats.slices import SlicesReader, write_slices
from undertow.formats.table import build_table, read_table

GOLDEN = Path(__file__).parents[1] / "parity" / "golden" / "slices"
VALUES = {
    "float32": np.float32([[1, 2, 3], [4, 5, 6.5]]), "float64": np.array([[0.1]]), "int32": np.int32([1, -2]),
    "int64": np.int64([2**40, -1]), "uint8": np.uint8([255, 0]), "int8": np.int8([-3]), "int16": np.int16([-300]),
    "uint16": np.uint16([65535]), "bool": np.array([True, False]), "complex64": np.complex64([1 + 2j]),
    "complex128": np.array([1 + 2j]), "string": np.array([b"a", b"", b"xyz"], object),
    "float16": np.float16([0.5, -1]), "scalar": np.float32(7), "empty": np.zeros((0, 3), np.float32),
    "part": np.arange(20, dtype=np.float32).reshape(5, 4),
}  # fmt: skip


def test_every_tensor_comes_with_its_type_shape_and_value():
    with open_checkpoint(GOLDEN / "everything") as reader:
        assert isinstance(reader, SlicesReader)
        assert reader.keys() == sorted(VALUES)
        for name, value in VALUES.items():
            found = reader.read(name)
            assert (found.dtype, found.shape, reader.shape(name)) == (value.dtype, value.shape, value.shape), name
            np.testing.assert_array_equal(found, value, err_msg=name)


def test_a_slice_is_cut_from_the_parts_that_are_stored():
    reader = open_checkpoint(GOLDEN / "everything")
    assert [part.starts for part in reader.slices("part")] == [(0, 0), (3, 0)]
    assert reader.slices("float32") == ()
    for spec in ("5 4 0,3:-", "5 4 3,2:0,4", "5 4 1,3:1,2", "5 4 2,1:-"):
        part = Slice.parse(spec)
        (a, b), (c, d) = zip(part.starts, part.ends)
        np.testing.assert_array_equal(reader.read("part", part), VALUES["part"][a:b, c:d])


def test_the_bytes_are_tensorflows(tmp_path):
    pieces = [(name, "", value) for name, value in VALUES.items() if name != "part"]
    pieces += [("part", "5 4 0,3:0,4", VALUES["part"][:3]), ("part", "5 4 3,2:0,4", VALUES["part"][3:])]
    write_slices(tmp_path / "v1", pieces)
    assert (tmp_path / "v1").read_bytes() == (GOLDEN / "everything").read_bytes()


def test_several_files_are_one_checkpoint():
    reader = open_checkpoint(GOLDEN / "sharded-?????-of-00002")
    assert {name: reader.read(name).tolist() for name in reader} == {"v0": [0.0, 1.0], "v1": [1.0, 1.0]}


def test_what_it_cannot_hold_is_refused(tmp_path):
    with pytest.raises(tf.errors.UnimplementedError, match="'b' of type bfloat16"):
        write_slices(tmp_path / "v1", [("b", "", np.zeros(2, ml_dtypes.bfloat16))])
    with pytest.raises(tf.errors.InvalidArgumentError, match="'a' is given twice"):
        write_slices(tmp_path / "v1", [("a", "", np.zeros(2)), ("a", "", np.zeros(2))])
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(tf.errors.NotFoundError, match='Tensor name "nope" not found in checkpoint files'):
        open_checkpoint(GOLDEN / "everything").read("nope")
    with pytest.raises(tf.errors.NotFoundError, match="Failed to find any matching files for"):
        open_checkpoint(tmp_path / "none")
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[5, 5\] was asked for"):
        open_checkpoint(GOLDEN / "everything").read("part", Slice((5, 5), (0, 0), (1, 1)))


def edited(tmp_path, edit):
    """The golden file with its first message changed, under good checksums."""
    entries = read_table((GOLDEN / "everything").read_bytes(), "t")
    edit(entries)
    (tmp_path / "v1").write_bytes(build_table(sorted(entries.items())))
    return tmp_path / "v1"


def with_meta(change):
    def edit(entries):
        meta = SavedTensorSlices.FromString(entries[b""])
        change({tensor.name: tensor for tensor in meta.meta.tensor})
        entries[b""] = meta.SerializeToString()

    return edit


def other_shape(tensors):
    tensors["float32"].shape.dim[0].size = 1 << 40


def other_type(tensors):
    tensors["float32"].type = 2


def lost_part(tensors):
    del tensors["part"].slice[1]


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        ("float32", with_meta(other_shape), "has 6 elements"),
        ("float32", with_meta(other_type), "has 0 elements"),
        ("part", with_meta(lost_part), "do not add up to the shape"),
        ("bool", lambda entries: entries.pop(b"\0bool\0\1\1\1\x80\x7f"), "is missing"),
        ("bool", lambda entries: entries.update({b"\0bool\0\1\1\1\x80\x7f": b"\xff"}), "a slice cannot be read"),
    ],
)
def test_sizes_that_lie_are_found_out(tmp_path, name, edit, message):
    with pytest.raises(tf.errors.DataLossError, match=message):
        open_checkpoint(edited(tmp_path, edit)).read(name)


def test_a_flipped_bit_or_a_cut_is_an_error_that_names_the_file(tmp_path):
    good, chance = (GOLDEN / "everything").read_bytes(), random.Random(5)
    path, seen = tmp_path / "v1", 0
    for _ in range(300):
        data = bytearray(good)
        if chance.random() < 0.5:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        else:
            del data[chance.randrange(len(data)) :]
        path.write_bytes(data)
        try:
            reader = open_checkpoint(path)
            for name, value in VALUES.items():
                np.testing.assert_array_equal(reader.read(name), value)  # the bit was in the footer's filling
        except tf.errors.OpError as error:
            assert str(path) in str(error)
            seen += 1
    assert seen > 250
