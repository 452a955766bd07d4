"""IDX files: what is read, and what every kind of bad file is told."""

import gzip
import hashlib
import io
import struct
from pathlib import Path

import numpy as np
import pytest

import undertow.formats.idx as idx
from undertow.formats.idx import read_idx

SHIPPED = Path(idx.__file__).parent / "mnist"

# Sums of the unpacked files, as every mirror of MNIST has them.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def packed(array, code=0x08, shape=None):
    """The bytes of an IDX file holding `array`, under a header that says `shape`."""
    shape = array.shape if shape is None else shape
    header = struct.pack(f">HBB{len(shape)}I", 0, code, len(shape), *shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write(folder, data, name="images.gz"):
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", SHA256)
def test_the_mnist_files_in_the_package_are_mnist(name):
    unpacked = gzip.decompress((SHIPPED / f"{name}.gz").read_bytes())
    assert hashlib.sha256(unpacked).hexdigest() == SHA256[name]


def test_nothing_but_the_four_mnist_files_is_shipped():
    assert {path.name for path in SHIPPED.iterdir()} == {f"{name}.gz" for name in SHA256}


def test_the_mnist_test_set_is_ten_thousand_images_and_labels():
    images = read_idx(SHIPPED / "t10k-images-idx3-ubyte.gz", "image")
    labels = read_idx(SHIPPED / "t10k-labels-idx1-ubyte.gz", "label")
    assert images.shape == (10000, 28, 28) and images.dtype == np.uint8
    assert labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_a_gzipped_and_a_raw_file_read_alike(tmp_path):
    raw = write(tmp_path, packed(IMAGES), "raw")
    zipped = write(tmp_path, gzip.compress(packed(IMAGES)))
    np.testing.assert_array_equal(read_idx(raw), IMAGES)
    np.testing.assert_array_equal(read_idx(zipped), IMAGES)


def test_an_open_file_is_read_from_where_it_stands():
    file = io.BytesIO(b"skipped" + gzip.compress(packed(IMAGES)))
    file.seek(len(b"skipped"))
    np.testing.assert_array_equal(read_idx(file, "image"), IMAGES)


@pytest.mark.parametrize(
    ("code", "dtype"), [(0x08, "u1"), (0x09, "i1"), (0x0B, "i2"), (0x0C, "i4"), (0x0D, "f4"), (0x0E, "f8")]
)
def test_every_element_type_comes_in_the_machines_byte_order(tmp_path, code, dtype):
    array = np.array([[1, 2, 100], [3, 4, 5]], dtype)
    read = read_idx(write(tmp_path, packed(array, code)))
    assert read.dtype == np.dtype(dtype) and read.dtype.isnative
    np.testing.assert_array_equal(read, array)


def test_an_array_without_elements_is_read(tmp_path):
    assert read_idx(write(tmp_path, packed(np.zeros((0, 28, 28), np.uint8)))).shape == (0, 28, 28)


def test_the_array_may_be_written_to(tmp_path):
    read_idx(write(tmp_path, packed(IMAGES)))[0] = 7


GOOD = packed(IMAGES)
ZIPPED = gzip.compress(GOOD)
BAD = {
    "empty": (b"", "is not an IDX file: it holds 0 bytes"),
    "cut in the magic number": (GOOD[:3], "is not an IDX file: it holds 3 bytes"),
    "cut in the dimensions": (GOOD[:9], "is truncated: it ends within its 3 dimensions"),
    "cut in the elements": (GOOD[:-1], r"is truncated: its header promises 2 x 3 x 4 elements in 24 bytes, 23 are"),
    "a byte too many": (GOOD + b"\0", "has bytes left over after the 2 x 3 x 4 elements"),
    "too many bytes, packed": (gzip.compress(GOOD + b"\0\0"), "has bytes left over"),
    "too few bytes, packed": (gzip.compress(GOOD[:-1]), "is truncated: its header promises"),
    "gzip cut short": (ZIPPED[: len(ZIPPED) // 2], "is truncated or corrupt"),
    "gzip cut in its checksum": (ZIPPED[:-6], "is truncated or corrupt"),
    "a wrong checksum": (ZIPPED[:-8] + b"\0\0\0\0" + ZIPPED[-4:], "is truncated or corrupt: CRC check failed"),
    "a damaged gzip body": (ZIPPED[:12] + b"\xff\xff\xff" + ZIPPED[15:], "is truncated or corrupt"),
    "junk after the gzip": (ZIPPED + b"junk", "is truncated or corrupt: Not a gzipped file"),
    # "<!DO" is 3C 21 44 4F.
    "a web page": (b"<!DOCTYPE html><title>404</title>", f"is not an IDX file: its magic number is {0x3C21444F}"),
    "an unknown element type": (b"\0\0\x07\x01" + bytes(8), "is not an IDX file: its magic number is 1793"),
    "more dimensions than an array has": (packed(np.zeros(1, "u1"), shape=(1,) * 200), "dimensions that no array can"),
    "dimensions too large around a 0": (
        packed(np.zeros(0, "u1"), shape=(0, *[2**32 - 1] * 3)),
        "that no array can have",
    ),
    "no dimensions": (b"\0\0\x08\x00" + bytes(8), "is not an IDX file"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_named_in_the_error(tmp_path, case):
    data, message = BAD[case]
    path = write(tmp_path, data)
    with pytest.raises(ValueError, match=message) as caught:
        read_idx(path)
    assert str(path) in str(caught.value)


def test_a_header_that_lies_about_its_size_costs_no_memory(tmp_path):
    lie = packed(IMAGES, shape=(2**32 - 1, 2**32 - 1, 2**32 - 1))
    for data in (lie, gzip.compress(lie)):
        with pytest.raises(ValueError, match="is truncated"):
            read_idx(write(tmp_path, data))


def test_labels_where_images_belong_are_told_by_their_magic_number(tmp_path):
    path = write(tmp_path, packed(np.arange(5, dtype=np.uint8)))
    with pytest.raises(ValueError, match=r"Invalid magic number 2049 in MNIST image file: .*this is a file of labels"):
        read_idx(path, "image")


def test_images_where_labels_belong_are_told_by_their_magic_number(tmp_path):
    path = write(tmp_path, GOOD)
    with pytest.raises(ValueError, match=r"Invalid magic number 2051 in MNIST label file: .*this is a file of images"):
        read_idx(path, "label")


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "nothing")
