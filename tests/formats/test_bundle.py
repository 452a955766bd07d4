"""Checkpoints: TensorFlow's files are read, and files are written that are TensorFlow's byte for byte.

The golden files and what is in them come from tests/parity/make_bundle_golden.py.
"""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from undertow.formats.bundle import BundleReader, Slice, merge_bundles, write_bundle, write_pieces
from undertow.graph.dtypes import as_dtype
from undertow.graph.errors import (
    DataLossError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    UnimplementedError,
)

GOLDEN = Path(__file__).parents[1] / "parity" / "golden" / "bundle"
VALUES = json.loads((GOLDEN / "values.json").read_text())
WHOLE = np.arange(20, dtype=np.float32).reshape(5, 4)


def array_of(piece):
    """The array that a line of values.json tells of."""
    if piece["dtype"] != "string":
        data = bytes.fromhex(piece["data"])
        return np.frombuffer(data, as_dtype(piece["dtype"]).as_numpy_dtype).reshape(piece["shape"])
    array = np.empty(len(piece["data"]), object)
    array[:] = [bytes.fromhex(string) for string in piece["data"]]
    return array.reshape(piece["shape"])


def same(read, wanted):
    return read.tolist() == wanted.tolist() if read.dtype == object else read.tobytes() == wanted.tobytes()


def pieces_of(name):
    return [(piece["name"], piece["spec"], array_of(piece)) for piece in VALUES[name]]


def files_of(folder):
    return {file: (Path(folder) / file).read_bytes() for file in sorted(os.listdir(folder))}


class TestTensorFlowsFilesAreRead:
    @pytest.mark.parametrize("copy", [False, True])
    @pytest.mark.parametrize("piece", VALUES["all_types"], ids=lambda piece: piece["name"][:30])
    def test_of_every_type(self, piece, copy):
        with BundleReader(GOLDEN / "all_types") as reader:
            read = reader.read(piece["name"], copy=copy)
            wanted = array_of(piece)
            assert reader.dtype(piece["name"]).name == piece["dtype"]
            assert reader.shape(piece["name"]) == read.shape == wanted.shape
            assert read.dtype == wanted.dtype
            assert same(read, wanted)
            assert read.flags.aligned
            assert read.flags.writeable == copy

    def test_of_several_shards_with_a_partitioned_variable(self):
        with BundleReader(GOLDEN / "sharded") as reader:
            assert reader.num_shards == 3
            assert reader.keys() == ["a", "b", "p"]
            for name, _, value in pieces_of("sharded"):
                np.testing.assert_array_equal(reader.read(name), value)

    @pytest.mark.parametrize("copy", [False, True])
    @pytest.mark.parametrize("name", ["rows", "tiles", "in_one"])
    @pytest.mark.parametrize("spec", ["", "5 4 0,2:-", "5 4 2,3:-", "5 4 1,3:0,2", "5 4 4,1:3,1", "5 4 0,5:0,4"])
    def test_in_any_part(self, name, spec, copy):
        part = Slice.parse(spec)
        box = tuple(map(slice, part.starts, part.ends)) if part else ()
        with BundleReader(GOLDEN / "slices") as reader:
            read = reader.read(name, part, copy=copy)
        np.testing.assert_array_equal(read, WHOLE[box])
        assert read.flags.writeable == copy

    def test_in_the_parts_they_are_stored_in(self):
        with BundleReader(GOLDEN / "slices") as reader:
            assert reader.keys() == ["a_gap", "far \udcff\0away", "in_one", "rows", "tiles"]
            assert [(part.starts, part.shape) for part in reader.slices("tiles")] == [
                ((0, 0), (2, 1)),
                ((2, 0), (3, 1)),
                ((0, 1), (5, 3)),
            ]
            assert reader.slices("in_one") == ()  # a slice of everything is stored as a plain tensor
            for part in reader.slices("far \udcff\0away"):
                np.testing.assert_array_equal(reader.read("far \udcff\0away", part), WHOLE[:1, :2])

    def test_where_no_part_is_missing(self):
        with BundleReader(GOLDEN / "slices") as reader:
            np.testing.assert_array_equal(reader.read("a_gap", Slice.parse("5 4 0,2:1,2")), WHOLE[:2, 1:3])
            with pytest.raises(DataLossError, match=r"a_gap: its slices do not cover the shape \[2, 4\]"):
                reader.read("a_gap", Slice.parse("5 4 1,2:-"))
            with pytest.raises(DataLossError, match=r"do not cover|do not add up"):
                reader.read("a_gap")
            with pytest.raises(DataLossError, match="do not add up"):  # 2.8 PB are not allocated
                reader.read("far \udcff\0away")

    def test_and_stay_good_when_the_reader_is_closed(self):
        with BundleReader(GOLDEN / "slices") as reader:
            array = reader.read("in_one")
        np.testing.assert_array_equal(array, WHOLE)


class TestFilesAreTensorFlowsByteForByte:
    @pytest.mark.parametrize("name", ["all_types", "slices", "part_0", "part_1"])
    def test_of_every_type_and_slice(self, golden_bundle, name, tmp_path):
        write_pieces(tmp_path / name, pieces_of(name))
        assert files_of(tmp_path) == golden_bundle.files(name)

    def test_of_more_than_one_block(self, tmp_path):
        tensors = {f"scope_{i % 13}/variable_{i}/Adam_{i % 2}": np.float32(i) for i in range(9000)}
        write_bundle(tmp_path / "many_keys", tensors)
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in files_of(tmp_path).items()}
        assert digests == VALUES["many_keys"]
        with BundleReader(tmp_path / "many_keys") as reader:
            assert reader.keys() == sorted(tensors)
            assert reader.read("scope_12/variable_8306/Adam_0") == 8306

    def test_merged_from_parts(self, golden_bundle, tmp_path):
        (tmp_path / "parts").mkdir()
        parts = [golden_bundle.copy(f"part_{i}", tmp_path / "parts") for i in range(3)]
        merge_bundles(parts, tmp_path / "out" / "merged")
        assert files_of(tmp_path / "out") == golden_bundle.files("merged")
        assert os.listdir(tmp_path) == ["out"]

    def test_wherever_the_arrays_lie_in_memory(self, tmp_path):
        tensors = {
            "fortran": np.asfortranarray(WHOLE),
            "strided": WHOLE[::2, ::-1],
            "big_endian": WHOLE.astype(">f4"),
            "list": [[1, 2], [3, 4]],
            "text": np.array(["a", "ü"]),
        }
        write_bundle(tmp_path / "m", tensors)
        with BundleReader(tmp_path / "m") as reader:
            assert reader.dtype("big_endian").name == "float32"
            assert reader.read("text").tolist() == [b"a", "ü".encode()]
            for name in ("fortran", "strided", "big_endian", "list"):
                np.testing.assert_array_equal(reader.read(name), tensors[name])


def test_a_read_without_copy_is_the_files_own_memory(tmp_path):
    write_bundle(tmp_path / "m", {"x": WHOLE, "y": np.float32(1)})
    with BundleReader(tmp_path / "m") as reader:
        assert np.shares_memory(reader.read("x"), reader.read("x"))
        assert not np.shares_memory(reader.read("x", copy=True), reader.read("x"))


def test_shards_are_filled_evenly(tmp_path):
    write_bundle(tmp_path / "m", {f"x{i}": np.full(100, i, np.float32) for i in range(6)}, num_shards=3)
    assert {name: len(data) for name, data in files_of(tmp_path).items() if "data" in name} == {
        f"m.data-0000{i}-of-00003": 800 for i in range(3)
    }
    with BundleReader(tmp_path / "m") as reader:
        assert [reader.read(f"x{i}")[0] for i in range(6)] == [0, 1, 2, 3, 4, 5]


class TestWritingRefuses:
    @pytest.mark.parametrize(
        "pieces, says",
        [
            ([("x", "", WHOLE), ("x", "", WHOLE)], "Adding duplicate key: x"),
            ([("x", "5 4 0,1:-", WHOLE[:1]), ("x", "5 4 0,1:-", WHOLE[:1])], "Adding duplicate key: x"),
            ([("x", "5 4 0,1:-", WHOLE[:1]), ("x", "", WHOLE)], "Adding duplicate key: x"),
            ([("x", "", WHOLE), ("x", "5 4 0,1:-", WHOLE[:1])], "x: its parts are of different shapes"),
            ([("x", "5 4 0,1:-", WHOLE[:1]), ("x", "6 4 1,1:-", WHOLE[:1])], "x: its parts are of different shapes"),
            ([("x", "5 4 0,2:-", WHOLE[:1])], r"x: a slice of shape \[2, 4\] cannot hold an array of \[1, 4\]"),
            ([("", "", WHOLE)], "named ''"),
            ([("\0x", "", WHOLE)], "named"),
            ([("x", "", np.array([1, None], object))], "cannot hold 1"),
        ],
    )
    def test_what_makes_no_checkpoint(self, pieces, says, tmp_path):
        with pytest.raises(InvalidArgumentError, match=says):
            write_pieces(tmp_path / "m", pieces)
        assert os.listdir(tmp_path) == []

    @pytest.mark.parametrize(
        "spec",
        ["hello", "5 3 0,2", "5 3 4,2:-", "5 3 0,0:-", "5 3 -1,2:-", "5 3 0,-1:-", "5 x 0,1:-", " ", "5 3 0,1,2:-"],
    )
    def test_a_slice_that_is_none(self, spec):
        with pytest.raises(InvalidArgumentError, match="is not a shape and a slice of it"):
            Slice.parse(spec)

    def test_a_type_that_a_checkpoint_cannot_hold(self, tmp_path):
        with pytest.raises(UnimplementedError, match="'when' of NumPy's type datetime64"):
            write_bundle(tmp_path / "m", {"when": np.array("2019-01-01", "M8[D]")})
        assert os.listdir(tmp_path) == []

    def test_a_folder_two_levels_up_that_is_missing(self, tmp_path):
        write_bundle(tmp_path / "made" / "m", {"x": 1})
        with pytest.raises(NotFoundError, match="no/such; No such file or directory"):
            write_bundle(tmp_path / "no" / "such" / "m", {"x": 1})

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_that_is_not_writable(self, tmp_path):
        tmp_path.chmod(0o500)
        with pytest.raises(PermissionDeniedError, match="Permission denied"):
            write_bundle(tmp_path / "m", {"x": 1})

    def test_to_merge_what_is_there_twice_or_not_at_all(self, golden_bundle, tmp_path):
        parts = [golden_bundle.copy(f"part_{i}", tmp_path) for i in range(2)]
        write_bundle(tmp_path / "again", {"own_1": 1})
        before = files_of(tmp_path)
        with pytest.raises(InvalidArgumentError, match=r"Duplicate tensor keyed by own_1 .* merging prefix: .*again"):
            merge_bundles([*parts, tmp_path / "again"], tmp_path / "out")
        with pytest.raises(InvalidArgumentError, match="Duplicate tensor keyed by"):
            merge_bundles([parts[0], parts[0]], tmp_path / "out")
        with pytest.raises(NotFoundError, match="nowhere"):
            merge_bundles([*parts, tmp_path / "nowhere"], tmp_path / "out")
        with pytest.raises(InvalidArgumentError, match="into itself"):
            merge_bundles(parts, parts[0])
        assert files_of(tmp_path) == before
