"""Datasets of files: lines, TFRecords, records of one length, CSV, names."""

from __future__ import annotations

import gzip
import zlib

import pytest

import undertow as tf

LINES = b"one\r\ntwo\n\nthree"


@pytest.mark.parametrize(("compression", "pack"), [("", bytes), ("GZIP", gzip.compress), ("ZLIB", zlib.compress)])
def test_lines_come_without_their_ends(elements, tmp_path, compression, pack):
    path = tmp_path / "lines"
    path.write_bytes(pack(LINES))
    dataset = tf.data.TextLineDataset(str(path), compression_type=compression)
    assert elements(dataset) == [b"one", b"two", b"", b"three"]


def test_files_are_read_one_after_the_other_or_in_turn(elements, tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(f"{name}1\n{name}2\n")
    names = [str(tmp_path / name) for name in "ab"]
    assert elements(tf.data.TextLineDataset(names)) == [b"a1", b"a2", b"b1", b"b2"]
    assert elements(tf.data.TextLineDataset(names, num_parallel_reads=2)) == [b"a1", b"b1", b"a2", b"b2"]
    of_names = tf.data.Dataset.from_tensor_slices(names)
    assert elements(tf.data.TextLineDataset(of_names)) == [b"a1", b"a2", b"b1", b"b2"]
    assert elements(of_names.flat_map(lambda n: tf.data.TextLineDataset(n).skip(1))) == [b"a2", b"b2"]


@pytest.mark.parametrize("kind", [tf.data.TextLineDataset, tf.data.TFRecordDataset])
def test_a_file_that_is_not_there_is_named(elements, kind):
    with pytest.raises(tf.errors.NotFoundError, match="no/such/file"):
        elements(kind("no/such/file"))


def test_an_unknown_compression_is_refused(elements, tmp_path):
    with pytest.raises(tf.errors.InvalidArgumentError, match="Unsupported compression_type"):
        elements(tf.data.TFRecordDataset(str(tmp_path), compression_type="LZMA"))


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_records_are_read_as_they_were_written(elements, tmp_path, compression):
    path = str(tmp_path / "records")
    kind = getattr(tf.python_io.TFRecordCompressionType, compression or "NONE")
    with tf.python_io.TFRecordWriter(path, tf.python_io.TFRecordOptions(kind)) as writer:
        for record in (b"first", b"", b"third"):
            writer.write(record)
    assert elements(tf.data.TFRecordDataset([path], compression)) == [b"first", b"", b"third"]


def test_a_file_that_holds_no_records_is_named(elements, tmp_path):
    path = tmp_path / "text"
    path.write_text("this is no file of records")
    with pytest.raises(tf.errors.DataLossError, match="text"):
        elements(tf.data.TFRecordDataset(str(path)))


def test_records_of_one_length_lie_between_header_and_footer(elements, tmp_path):
    path = tmp_path / "fixed"
    path.write_bytes(b"HaabbFF")
    dataset = tf.data.FixedLengthRecordDataset(str(path), 2, header_bytes=1, footer_bytes=2)
    assert elements(dataset) == [b"aa", b"bb"]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"fixed.*not an exact multiple"):
        elements(tf.data.FixedLengthRecordDataset(str(path), 2))


def test_matching_files_come_sorted_or_shuffled(elements, tmp_path):
    for name in ("b.txt", "a.txt", "c.csv"):
        (tmp_path / name).touch()
    pattern = str(tmp_path / "*.txt")
    names = [str(tmp_path / n).encode() for n in ("a.txt", "b.txt")]
    assert elements(tf.data.Dataset.list_files(pattern, shuffle=False)) == names
    assert sorted(elements(tf.data.Dataset.list_files(pattern))) == names
    with pytest.raises(tf.errors.InvalidArgumentError, match="No files matched pattern"):
        elements(tf.data.Dataset.list_files(str(tmp_path / "*.png")))


def test_a_one_shot_iterator_lists_files(tmp_path):
    (tmp_path / "a").touch()
    element = tf.data.Dataset.list_files(str(tmp_path / "*")).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(element) == str(tmp_path / "a").encode()


CSV = 'h1,h2,h3\n1,2.5,ab\n3,,"q,""x"\n,1,\n'


@pytest.fixture
def csv_file(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(CSV)
    return str(path)


def test_rows_of_csv_have_the_defaults_types(elements, csv_file):
    dataset = tf.data.experimental.CsvDataset(csv_file, [[0], [1.0], [""]], header=True)
    assert dataset.output_types == (tf.int32, tf.float32, tf.string)
    assert elements(dataset) == [(1, 2.5, b"ab"), (3, 1.0, b'q,"x'), (0, 1.0, b"")]


def test_columns_of_csv_are_selected(elements, csv_file):
    dataset = tf.data.experimental.CsvDataset(csv_file, [[0], tf.string], header=True, select_cols=[0, 2])
    assert elements(dataset.take(2)) == [(1, b"ab"), (3, b'q,"x')]


@pytest.mark.parametrize(
    ("defaults", "message"),
    [
        ([[0], [1.0], tf.string], "Field 2 is required but missing"),
        ([[0], [1], [""]], "Field 1 in record is not a valid int32: 2.5"),
        ([[0], [1.0]], "Expect 2 fields but have more"),
        ([[0], [1.0], [""], [""]], "Expect 4 fields but have only 3"),
    ],
)
def test_rows_that_do_not_fit_are_told(elements, csv_file, defaults, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        elements(tf.data.experimental.CsvDataset(csv_file, defaults, header=True))


def test_a_default_may_be_a_scalar(elements, csv_file):
    dataset = tf.data.experimental.CsvDataset(csv_file, [0, 7.0], header=True, select_cols=[0, 1])
    assert elements(dataset) == [(1, 2.5), (3, 7.0), (0, 1.0)]
