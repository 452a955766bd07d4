"""Checkpoints that are damaged, and writes that end too early: an error that says where, never a wrong value."""

import contextlib
import os
import random
from pathlib import Path

import numpy as np
import pytest

from undertow.formats.bundle import BundleReader, Slice, write_bundle, write_pieces
from undertow.formats.crc32c import masked_crc32c
from undertow.formats.messages import BundleEntryProto, BundleHeaderProto
from undertow.formats.table import build_table, read_table
from undertow.graph.errors import DataLossError, InvalidArgumentError, NotFoundError, OpError, UnimplementedError

WHOLE = np.arange(20, dtype=np.float32).reshape(5, 4)


def files_of(folder):
    return {file: (Path(folder) / file).read_bytes() for file in sorted(os.listdir(folder))}


def edit_index(prefix, edit):
    """Rewrite an index under good checksums: `edit` gets its entries, and changes them."""
    path = Path(f"{prefix}.index")
    entries = read_table(path.read_bytes(), "t")
    edit(entries)
    path.write_bytes(build_table(sorted(entries.items())))


def edit_entry(prefix, key, **fields):
    def edit(entries):
        proto = BundleEntryProto.FromString(entries[key])
        for name, value in fields.items():
            proto.ClearField(name)
            proto.MergeFrom(BundleEntryProto(**{name: value}))
        entries[key] = proto.SerializeToString()

    edit_index(prefix, edit)


class TestAWriteThatIsInterrupted:
    OLD = {"x": np.zeros(1000, np.float32), "only_old": np.int64(1)}
    NEW = {"x": np.ones(2000, np.float32), "name": np.array([b"new"], object)}

    @staticmethod
    def contents(prefix):
        with BundleReader(prefix) as reader:
            return {key: reader.read(key).tolist() for key in reader}

    @staticmethod
    def in_a_process_that_dies_at(step, action, *args, **kwargs):
        """Call `action` in a process that is gone, like one killed, when it is about to change a file the n-th time."""
        child = os.fork()
        if child == 0:
            left = step

            def dying(call):
                def wrapper(*args, **kwargs):
                    nonlocal left
                    if left == 0:
                        os._exit(9)
                    left -= 1
                    return call(*args, **kwargs)

                return wrapper

            for name in ("replace", "link", "unlink", "fsync"):
                setattr(os, name, dying(getattr(os, name)))
            try:
                action(*args, **kwargs)
            finally:
                os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is to be killed")
    @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
    @pytest.mark.parametrize("old_shards, new_shards", [(1, 1), (2, 2), (1, 2), (2, 1)])
    def test_leaves_the_old_checkpoint_or_the_new_one_at_every_step(self, old_shards, new_shards, tmp_path):
        old = {name: value.tolist() for name, value in self.OLD.items()}
        new = {name: value.tolist() for name, value in self.NEW.items()}
        seen, step, died = [], 0, True
        while died:
            folder = tmp_path / str(step)
            folder.mkdir()
            write_bundle(folder / "m", self.OLD, num_shards=old_shards)
            died = self.in_a_process_that_dies_at(step, write_bundle, folder / "m", self.NEW, num_shards=new_shards)
            seen.append(self.contents(folder / "m"))
            assert seen[-1] in (old, new)
            # And whatever was left behind is in nobody's way.
            if died:
                write_bundle(folder / "m", self.NEW, num_shards=new_shards)
                assert self.contents(folder / "m") == new
            step += 1
        assert seen[0] == old
        assert seen[-1] == new
        assert len(files_of(folder)) == new_shards + 1

    def test_by_an_error_leaves_the_old_one_and_nothing_else(self, tmp_path):
        write_bundle(tmp_path / "m", self.OLD)
        before = files_of(tmp_path)
        with pytest.raises(ZeroDivisionError):
            write_pieces(tmp_path / "m", (("x", "", 1 // n) for n in (1, 0)))
        assert files_of(tmp_path) == before

    def test_by_a_file_system_without_links_still_ends_with_the_new_one(self, tmp_path, monkeypatch):
        def no_links(*_):
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", no_links)
        for value in (1, 2, 3):
            write_bundle(tmp_path / "m", {"x": np.int64(value)})
            assert self.contents(tmp_path / "m") == {"x": value}
            assert len(files_of(tmp_path)) == 2


class TestDamage:
    def test_of_the_data_is_found_by_the_checksum(self, golden_bundle, tmp_path):
        prefix = golden_bundle.copy("all_types", tmp_path)
        path = tmp_path / "all_types.data-00000-of-00001"
        data = bytearray(path.read_bytes())
        data[40] ^= 1
        path.write_bytes(data)
        bad = []
        with BundleReader(prefix) as reader:
            for key in reader:
                for copy in (False, True):
                    try:
                        reader.read(key, copy=copy)
                    except DataLossError as error:
                        assert f"all_types.index: {key} in {path}: Checksum does not match" in str(error)
                        bad.append(key)
        assert len(bad) == 2  # one tensor, both ways
        assert bad[0] == bad[1]

    def test_that_cut_the_data_off_names_the_bytes_that_are_missing(self, tmp_path):
        write_bundle(tmp_path / "m", {"x": WHOLE})
        path = tmp_path / "m.data-00000-of-00001"
        path.write_bytes(path.read_bytes()[:79])
        with pytest.raises(DataLossError, match=r"m\.index: x: bytes 0 to 80 are not in .*m\.data.* \(79 bytes\)"):
            BundleReader(tmp_path / "m").read("x")
        path.unlink()
        with pytest.raises(NotFoundError, match=r"m\.data-00000-of-00001; No such file"):
            BundleReader(tmp_path / "m").read("x")

    def test_of_nothing_at_all(self, golden_bundle, tmp_path):
        with pytest.raises(NotFoundError, match=r"Failed to find any matching files for .*/m$"):
            BundleReader(tmp_path / "m")
        with pytest.raises(NotFoundError, match=r"^Key no/such not found in checkpoint$"):
            BundleReader(golden_bundle.path / "slices").read("no/such")
        for name in ("", "\0rows", "rows\0"):
            assert name not in BundleReader(golden_bundle.path / "slices")

    @pytest.mark.parametrize(
        "fields, says",
        [
            ({"shape": {"dim": [{"size": 2**40}]}}, "80 bytes cannot be a float32 tensor"),
            ({"shape": {"dim": [{"size": 2**62}] * 9}, "size": 0}, "0 bytes cannot be a float32 tensor"),
            ({"shape": {"dim": [{"size": -5}, {"size": -4}]}}, r"cannot have the shape \(-5, -4\)"),
            ({"shape": {"dim": [{"size": 1}] * 98 + [{"size": 20}]}}, "NumPy has no shape"),
            ({"shape": {"unknown_rank": True}}, "cannot have the shape"),
            ({"offset": -1}, "bytes -1 to 79 are not in"),
            ({"offset": 2**63 - 1}, r"bytes 9223372036854775807 to \d+ are not in"),
            ({"size": -80}, "-80 bytes cannot be"),
            ({"shard_id": 1}, "there is no shard 1 of 1"),
            ({"shard_id": -1}, "there is no shard -1 of 1"),
            ({"dtype": 7}, "the strings|lengths of the strings"),
            ({"dtype": 7, "shape": {"dim": [{"size": 2**50}]}}, "80 bytes cannot hold 1125899906842624 strings"),
            ({"slices": [{"extent": [{}, {}]}]}, "its slice .* is missing"),
            ({"slices": [{"extent": [{"start": 5, "length": 1}, {}]}]}, "a slice lies outside the shape"),
            ({"slices": [{"extent": [{}]}]}, "a slice lies outside the shape"),
            ({"slices": [{"extent": [{"length": -7}, {}]}]}, "a slice lies outside the shape"),
        ],
    )
    def test_lies_in_an_entry_are_data_losses_that_name_it(self, fields, says, tmp_path):
        write_bundle(tmp_path / "m", {"x": WHOLE})
        edit_entry(tmp_path / "m", b"x", **fields)
        for copy in (False, True):
            with pytest.raises(DataLossError, match=rf"m\.index: x.*{says}"):
                BundleReader(tmp_path / "m").read("x", copy=copy)

    @pytest.mark.parametrize("number", [20, 21, 29, 77])
    def test_types_that_are_not_known_are_said_to_be_unbuilt(self, number, tmp_path):
        write_bundle(tmp_path / "m", {"x": WHOLE})
        edit_entry(tmp_path / "m", b"x", dtype=number)
        with pytest.raises(UnimplementedError, match=r"m\.index: x: the type"):
            BundleReader(tmp_path / "m").read("x")

    @pytest.mark.parametrize(
        "header, kind",
        [
            (None, DataLossError),
            (b"\xff", DataLossError),
            (BundleHeaderProto(num_shards=0), DataLossError),
            (BundleHeaderProto(num_shards=1, endianness=1), UnimplementedError),
            (BundleHeaderProto(num_shards=1, version={"min_consumer": 2}), UnimplementedError),
        ],
    )
    def test_a_header_that_is_damaged_or_of_another_format_is_refused(self, header, kind, tmp_path):
        write_bundle(tmp_path / "m", {"x": WHOLE})

        def edit(entries):
            del entries[b""]
            if header is not None:
                entries[b""] = header if isinstance(header, bytes) else header.SerializeToString()

        edit_index(tmp_path / "m", edit)
        with pytest.raises(kind, match=r"m\.index"):
            BundleReader(tmp_path / "m")

    def test_a_slice_of_another_shape_than_its_tensors_is_found(self, golden_bundle, tmp_path):
        prefix = golden_bundle.copy("slices", tmp_path)
        key = Slice.parse("5 4 0,2:-").key(b"rows")
        edit_entry(prefix, key, shape={"dim": [{"size": 4}, {"size": 2}]})
        with pytest.raises(DataLossError, match=r"rows: its slice .* is of another shape or type"):
            BundleReader(prefix).read("rows")

    def test_a_part_of_a_tensor_of_another_shape_is_refused(self, golden_bundle):
        with pytest.raises(InvalidArgumentError, match=r"rows: a slice of shape \[5, 9\] .* checkpoint is \[5, 4\]"):
            BundleReader(golden_bundle.path / "slices").read("rows", Slice.parse("5 9 0,2:-"))

    @pytest.mark.parametrize("name", ["all_types", "slices"])
    def test_anywhere_is_an_error_or_changes_no_value(self, golden_bundle, name, mutated, mutations, tmp_path):
        rng = random.Random(name)
        prefix = golden_bundle.copy(name, tmp_path)
        good = golden_bundle.files(name)
        with BundleReader(prefix) as reader:
            whole = [key for key in reader if key not in ("a_gap", "far \udcff\0away")]
            before = {key: reader.read(key).tobytes() for key in whole}
            strings = {key: reader.read(key).tolist() for key in before if reader.dtype(key).name == "string"}
        for _ in range(mutations // 2):
            victim = rng.choice(sorted(good))
            # Written anew: a file that is mapped must not shrink.
            (tmp_path / victim).unlink()
            (tmp_path / victim).write_bytes(mutated(good[victim], rng))
            for key in before:
                with contextlib.suppress(OpError), BundleReader(prefix) as reader:
                    read = reader.read(key, copy=rng.random() < 0.5)
                    assert read.tolist() == strings[key] if key in strings else read.tobytes() == before[key]
            (tmp_path / victim).write_bytes(good[victim])

    @pytest.mark.parametrize("name", ["all_types", "slices"])
    def test_of_entries_under_good_checksums_is_an_error_or_a_tensor(
        self, golden_bundle, name, mutated, mutations, tmp_path
    ):
        rng = random.Random(name)
        prefix = golden_bundle.copy(name, tmp_path)
        index = Path(f"{prefix}.index")
        entries = read_table(index.read_bytes(), "t")
        held = sum(len(data) for file, data in golden_bundle.files(name).items() if "data" in file)
        for _ in range(mutations):
            victim = rng.choice(sorted(entries))
            index.write_bytes(build_table(sorted((entries | {victim: mutated(entries[victim], rng)}).items())))
            with contextlib.suppress(OpError), BundleReader(prefix) as reader:
                for key in reader:
                    with contextlib.suppress(OpError):
                        assert reader.read(key).nbytes <= 8 * held  # a string is a pointer of 8 bytes

    def test_of_strings_under_good_checksums_is_an_error_or_strings(self, mutated, mutations, tmp_path):
        rng = random.Random(3)
        prefix = tmp_path / "m"
        write_bundle(prefix, {"s": np.array([b"one", b"", b"three" * 40], object)})
        path = tmp_path / "m.data-00000-of-00001"
        good = path.read_bytes()
        for _ in range(mutations):
            data = mutated(good, rng)
            path.unlink()
            path.write_bytes(data)
            edit_entry(prefix, b"s", size=len(data), crc32c=masked_crc32c(data))
            with contextlib.suppress(OpError):
                assert BundleReader(prefix).read("s").shape == (3,)
