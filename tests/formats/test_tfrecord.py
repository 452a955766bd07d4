"""TFRecord files; bytes and sentences are TensorFlow's."""

import os
import struct
import zlib

import pytest

import undertow as tf
from undertow.formats.crc32c import masked_crc32c
from undertow.formats.tfrecord import RecordWriter, read_records
from undertow.graph.errors import DataLossError, FailedPreconditionError, NotFoundError

RECORDS = [b"one", b"", b"x" * 300]
# What TensorFlow 2.21 writes for [b"one", b""].
ONE_AND_EMPTY = bytes.fromhex("0300000000000000b099490e6f6e6501405508000000000000000029039807d8ea82a2")


@pytest.fixture
def path(tmp_path):
    """A file of RECORDS, which begin at bytes 0, 19 and 35; each has its data 12 bytes after."""
    write(tmp_path / "a", RECORDS)
    return tmp_path / "a"


def write(path, records, compression="", **options):
    with RecordWriter(path, compression, **options) as writer:
        for record in records:
            writer.write(record)


def test_the_bytes_are_tensorflows(tmp_path):
    write(tmp_path / "a", [b"one", b""])
    assert (tmp_path / "a").read_bytes() == ONE_AND_EMPTY


@pytest.mark.parametrize(("compression", "start"), [("", b"\x03\0"), ("ZLIB", b"x"), ("GZIP", b"\x1f\x8b")])
def test_records_come_back(tmp_path, compression, start):
    write(tmp_path / "a", RECORDS, compression)
    assert (tmp_path / "a").read_bytes().startswith(start)
    assert list(read_records(tmp_path / "a", compression)) == RECORDS


def test_a_record_larger_than_a_chunk_comes_back(tmp_path):
    large = os.urandom(3 << 20)
    for compression in ("", "GZIP"):
        write(tmp_path / "a", [b"a", large, b"z"], compression)
        assert list(read_records(tmp_path / "a", compression)) == [b"a", large, b"z"]


def test_an_empty_file_has_no_records(tmp_path):
    write(tmp_path / "a", [])
    assert list(read_records(tmp_path / "a")) == []


@pytest.mark.parametrize(
    ("position", "before", "sentence"),
    [
        (0, 0, r"a: corrupted record at 0 \(Is this even a TFRecord file\?\)$"),
        (13, 0, "a: corrupted record at 12$"),
        (16, 0, "a: corrupted record at 12$"),
        (19, 1, "a: corrupted record at 19$"),
        (60, 2, "a: corrupted record at 47$"),
    ],
)
def test_a_changed_byte_is_a_data_loss_at_its_place(path, position, before, sentence):
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    found = []
    with pytest.raises(DataLossError, match=sentence):
        for record in read_records(path):
            found.append(record)
    assert found == RECORDS[:before]


def test_a_record_cut_off_is_a_data_loss_and_a_header_cut_off_is_the_end(path):
    data = path.read_bytes()
    for length in (len(data) - 1, len(data) - 4, 50):
        path.write_bytes(data[:length])
        with pytest.raises(DataLossError, match=r"a: truncated record at 35$"):
            list(read_records(path))
    path.write_bytes(data[:40])
    assert list(read_records(path)) == RECORDS[:2]


def test_a_header_that_promises_too_much_costs_no_memory(path):
    length = struct.pack("<Q", 1 << 62)
    path.write_bytes(length + struct.pack("<I", masked_crc32c(length)) + b"few bytes")
    with pytest.raises(DataLossError, match="truncated record at 0"):
        list(read_records(path))


@pytest.mark.parametrize("compression", ["ZLIB", "GZIP"])
def test_what_is_not_compressed_is_a_data_loss(path, compression):
    with pytest.raises(DataLossError, match=r"a: inflate\(\) failed: .*incorrect header check"):
        list(read_records(path, compression))


def test_damaged_compression_is_a_data_loss(path):
    write(path, RECORDS, "GZIP")
    data = path.read_bytes()
    for at in range(10, len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        try:
            found = list(read_records(path, "GZIP"))
            assert found == RECORDS[: len(found)]
        except DataLossError as error:
            assert str(error).startswith(str(path))


def test_the_members_of_a_gzip_file_follow_each_other(path):
    write(path, RECORDS, "GZIP")
    path.write_bytes(path.read_bytes() * 2)
    assert list(read_records(path, "GZIP")) == RECORDS * 2


def test_a_missing_file_is_told_before_the_first_record_is_asked_for(tmp_path):
    with pytest.raises(NotFoundError, match="no; No such file"):
        read_records(tmp_path / "no")
    with pytest.raises(NotFoundError, match="No such file"):
        RecordWriter(tmp_path / "no" / "a")


def test_what_is_flushed_can_be_read_while_the_file_is_written(tmp_path):
    for compression in ("", "GZIP"):
        writer = RecordWriter(tmp_path / "a", compression)
        writer.write(b"one")
        writer.flush()
        assert list(read_records(tmp_path / "a", compression)) == [b"one"]
        writer.close()


def test_a_closed_writer_writes_no_more(tmp_path):
    writer = RecordWriter(tmp_path / "a")
    writer.close()
    writer.close()
    writer.flush()
    with pytest.raises(FailedPreconditionError, match="a: Writer is closed"):
        writer.write(b"x")


def test_python_io_takes_a_compression_by_number_name_or_options(tmp_path):
    kinds = tf.python_io.TFRecordCompressionType
    assert (kinds.NONE, kinds.ZLIB, kinds.GZIP) == (0, 1, 2)
    gzip = tf.python_io.TFRecordOptions(kinds.GZIP)
    for options in (gzip, "GZIP", kinds.GZIP, tf.io.TFRecordOptions("GZIP", compression_level=9)):
        with tf.python_io.TFRecordWriter(str(tmp_path / "a"), options=options) as writer:
            writer.write(b"one")
            writer.write("text")
        assert list(tf.python_io.tf_record_iterator(str(tmp_path / "a"), gzip)) == [b"one", b"text"]
    assert tf.io.TFRecordOptions.get_compression_type_string(gzip) == "GZIP"
    assert tf.io.TFRecordOptions().compression_type is None


def test_a_level_of_0_stores_and_does_not_compress(tmp_path):
    write(tmp_path / "a", RECORDS, "ZLIB", level=0)
    assert b"x" * 300 in (tmp_path / "a").read_bytes()
    assert zlib.decompress((tmp_path / "a").read_bytes()).endswith(struct.pack("<I", masked_crc32c(b"x" * 300)))


@pytest.mark.parametrize("kind", ["nope", 7])
def test_an_unknown_compression_is_a_value_error(kind):
    with pytest.raises(ValueError, match=f'Not a valid compression_type: "{kind}"'):
        tf.python_io.TFRecordOptions(kind)
