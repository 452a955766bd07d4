"""`tensorflow.examples.tutorials.mnist.input_data`: the data, the batches, the files it takes and refuses."""

import gzip
import os
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

import undertow.formats
from undertow.api.examples.tutorials.mnist import input_data
from undertow.graph import dtypes
from undertow.graph.graph import Graph
from undertow.graph.scopes import set_random_seed

SHIPPED = Path(undertow.formats.__file__).parent / "mnist"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"
TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"


@pytest.fixture(scope="module")
def mnist():
    return input_data.read_data_sets("no/such/folder", one_hot=True, dtype=np.uint8)


def counted(examples=10, **options):
    """A data set whose image n is the pixel n, labelled n."""
    numbers = np.arange(examples, dtype=np.uint8)
    return input_data.DataSet(numbers.reshape(-1, 1, 1, 1), numbers, dtype=dtypes.uint8, **options)


def write_set(folder, train=20, test=10, pixel=0):
    """Four small files, the pixels of every image alike."""
    folder.mkdir(exist_ok=True)
    for prefix, count in (("train", train), ("t10k", test)):
        images = struct.pack(">4I", 2051, count, 28, 28) + bytes([pixel]) * (count * 784)
        labels = struct.pack(">2I", 2049, count) + bytes(n % 10 for n in range(count))
        (folder / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    return folder


def test_the_three_parts_hold_55000_5000_and_10000_examples(mnist):
    assert [part.num_examples for part in mnist] == [55000, 5000, 10000]
    assert mnist._fields == ("train", "validation", "test")
    assert mnist.train.images.shape == (55000, 784) and mnist.train.labels.shape == (55000, 10)


def test_the_validation_set_is_the_first_of_the_training_images(mnist):
    # The training file begins 5 0 4 1 9.
    assert mnist.validation.labels[:5].argmax(1).tolist() == [5, 0, 4, 1, 9]


def test_one_hot_labels_are_float64_rows(mnist):
    assert mnist.test.labels.dtype == np.float64
    np.testing.assert_array_equal(mnist.test.labels.sum(1), np.ones(10000))
    assert mnist.test.labels[0].tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]


def test_nothing_is_made_in_a_folder_that_is_not_there(tmp_path):
    input_data.read_data_sets(tmp_path / "MNIST_data", dtype=np.uint8)
    assert not (tmp_path / "MNIST_data").exists()


def test_float32_pixels_are_scaled_to_one_and_uint8_pixels_are_not(tmp_path):
    folder = write_set(tmp_path, pixel=51)
    scaled = input_data.read_data_sets(folder, validation_size=0).train.images
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, 0.2, rtol=1e-7)  # 51 / 255
    raw = input_data.read_data_sets(folder, validation_size=0, dtype=dtypes.uint8).train.images
    assert raw.dtype == np.uint8 and raw.max() == 51


def test_the_brightest_pixel_is_one():
    white = np.full((1, 2, 2, 1), 255, np.uint8)
    assert input_data.DataSet(white, np.zeros(1)).images.max() == 1.0


@pytest.mark.parametrize("dtype", [np.float64, "int32", dtypes.int64])
def test_another_dtype_is_a_type_error(dtype):
    with pytest.raises(TypeError, match=r"Invalid image dtype .*, expected uint8 or float32"):
        input_data.DataSet(np.zeros((1, 2, 2, 1)), np.zeros(1), dtype=dtype)


def test_images_keep_their_form_without_reshape(tmp_path):
    data = input_data.read_data_sets(write_set(tmp_path), validation_size=5, reshape=False)
    assert data.train.images.shape == (15, 28, 28, 1) and data.validation.images.shape == (5, 28, 28, 1)
    assert data.train.labels.dtype == np.uint8


def test_reshape_needs_images_of_one_channel():
    with pytest.raises(ValueError, match=r"reshape=True needs images .*\[2, 4, 4, 3\]"):
        input_data.DataSet(np.zeros((2, 4, 4, 3)), np.zeros(2))


def test_as_many_labels_as_images_are_needed():
    with pytest.raises(ValueError, match="3 images cannot have 2 labels"):
        input_data.DataSet(np.zeros((3, 4, 4, 1)), np.zeros(2))


@pytest.mark.parametrize("size", [-1, 21])
def test_a_validation_size_out_of_bounds_is_a_value_error(tmp_path, size):
    with pytest.raises(ValueError, match=rf"Validation size should be between 0 and 20\. Received: {size}\."):
        input_data.read_data_sets(write_set(tmp_path), validation_size=size)


@pytest.mark.parametrize("size", [0, 20])
def test_the_validation_set_may_be_none_or_all_of_the_training_set(tmp_path, size):
    data = input_data.read_data_sets(write_set(tmp_path), validation_size=size)
    assert (data.train.num_examples, data.validation.num_examples) == (20 - size, size)


def test_an_epoch_hands_out_every_example_once():
    data = counted()
    pairs = [data.next_batch(5) for _ in range(2)]
    assert sorted(np.concatenate([labels for _, labels in pairs]).tolist()) == list(range(10))
    for images, labels in pairs:
        np.testing.assert_array_equal(images[:, 0], labels)


def test_the_epoch_ends_with_the_batch_after_its_last_example():
    data = counted()
    data.next_batch(5)
    data.next_batch(5)
    assert data.epochs_completed == 0
    data.next_batch(1)
    assert data.epochs_completed == 1


def test_a_batch_across_the_end_is_the_rest_of_the_old_epoch_then_the_start_of_the_new():
    data = counted()
    first = data.next_batch(8)[1]
    images, labels = data.next_batch(5)
    # Two were left of the ten; three begin the second epoch, and seven are left of that.
    assert sorted([*first, *labels[:2]]) == list(range(10))
    rest = data.next_batch(7)[1]
    assert sorted([*labels[2:], *rest]) == list(range(10))
    np.testing.assert_array_equal(images[:, 0], labels)
    assert data.epochs_completed == 1


def test_without_shuffle_the_order_is_that_of_the_file_also_across_the_end():
    data = counted()
    assert data.next_batch(8, shuffle=False)[1].tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert data.next_batch(5, shuffle=False)[1].tolist() == [8, 9, 0, 1, 2]


def test_a_batch_may_be_longer_than_an_epoch():
    data = counted(4)
    assert data.next_batch(11, shuffle=False)[1].tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2]
    assert data.epochs_completed == 2


def test_an_empty_set_hands_out_empty_batches():
    images, labels = counted(0).next_batch(5)
    assert images.shape == (0, 1) and labels.shape == (0,)


def test_the_images_of_the_set_stand_in_the_order_of_the_epoch():
    data = counted()
    labels = data.next_batch(10)[1]
    np.testing.assert_array_equal(data.labels, labels)
    np.testing.assert_array_equal(data.images[:, 0], labels)


def test_the_shuffle_is_one_of_numpys_global_generator():
    data = counted()
    np.random.seed(3)
    labels = data.next_batch(10)[1]
    order = np.arange(10)
    np.random.seed(3)
    np.random.shuffle(order)
    assert labels.tolist() == order.tolist()


def test_a_seed_makes_the_batches_reproducible():
    batches = [counted(seed=seed).next_batch(10)[1].tolist() for seed in (1, 1, 2)]
    assert batches[0] == batches[1] != batches[2]


def test_without_a_seed_what_the_program_seeded_stays():
    np.random.seed(5)
    expected = np.random.rand()
    np.random.seed(5)
    counted()
    assert np.random.rand() == expected


def test_the_graphs_seed_makes_the_batches_reproducible_too():
    batches = []
    for _ in range(2):
        with Graph().as_default():
            set_random_seed(4)
            batches.append(counted().next_batch(10)[1].tolist())
    np.random.seed(4)
    assert batches == [np.random.permutation(10).tolist()] * 2


def test_fake_data_is_ten_thousand_images_of_ones_labelled_zero():
    data = input_data.read_data_sets("", fake_data=True)
    assert data.train.num_examples == data.test.num_examples == 10000
    images, labels = data.train.next_batch(3)
    assert images == [[1] * 784] * 3 and labels == [0, 0, 0]


def test_fake_labels_are_one_hot_when_asked():
    data = input_data.read_data_sets("", fake_data=True, one_hot=True)
    assert data.validation.next_batch(2)[1] == [[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]] * 2


def test_one_batch_of_a_true_set_may_be_fake():
    data = counted()
    assert data.next_batch(2, fake_data=True)[1] == [0, 0]
    assert data.next_batch(2, shuffle=False)[1].tolist() == [0, 1]


def test_files_in_the_folder_are_read_and_named(tmp_path, capsys):
    folder = write_set(tmp_path)
    data = input_data.read_data_sets(str(folder), validation_size=5)
    assert (data.train.num_examples, data.test.num_examples) == (15, 10)
    assert capsys.readouterr().out.splitlines() == [
        f"Extracting {folder / name}" for name in (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
    ]


def test_what_the_folder_lacks_comes_from_the_package(tmp_path):
    folder = write_set(tmp_path)
    (folder / TEST_IMAGES).unlink()
    (folder / TEST_LABELS).unlink()
    data = input_data.read_data_sets(folder, validation_size=5)
    assert (data.train.num_examples, data.test.num_examples) == (15, 10000)


def test_unpacked_files_in_the_folder_are_read_too(tmp_path):
    for path in list(write_set(tmp_path).iterdir()):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert input_data.read_data_sets(tmp_path, validation_size=5).train.num_examples == 15


def test_a_truncated_file_is_named(tmp_path):
    path = write_set(tmp_path) / TRAIN_IMAGES
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte\.gz is truncated or corrupt"):
        input_data.read_data_sets(tmp_path)


def test_labels_where_images_belong_are_named(tmp_path):
    folder = write_set(tmp_path)
    shutil.copy(folder / TEST_LABELS, folder / TEST_IMAGES)
    with pytest.raises(ValueError, match=r"Invalid magic number 2049 in MNIST image file: .*t10k-images"):
        input_data.read_data_sets(folder)


def test_files_of_different_length_are_named_both(tmp_path):
    folder = write_set(tmp_path)
    (folder / TEST_IMAGES).unlink()  # the package's 10,000 images meet the folder's 10 labels
    with pytest.raises(ValueError, match=r"t10k-images\S* holds 10000 images, but \S*t10k-labels\S* holds 10 labels"):
        input_data.read_data_sets(folder)


def test_labels_beyond_the_classes_are_an_error(tmp_path):
    path = tmp_path / "labels"
    path.write_bytes(struct.pack(">2I", 2049, 2) + bytes([3, 11]))
    assert input_data.extract_labels(path).tolist() == [3, 11]
    with pytest.raises(ValueError, match="labels from 3 to 11 do not fit one-hot rows of 10 classes"):
        input_data.extract_labels(path, one_hot=True)
    assert input_data.extract_labels(path, one_hot=True, num_classes=12).shape == (2, 12)


def test_extract_images_takes_an_open_file(tmp_path):
    with open(write_set(tmp_path) / TEST_IMAGES, "rb") as file:
        assert input_data.extract_images(file).shape == (10, 28, 28, 1)


def test_dense_to_one_hot_puts_a_one_at_each_label():
    rows = input_data.dense_to_one_hot(np.array([2, 0], np.uint8), 3)
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0]]


def test_a_source_url_downloads_what_the_folder_lacks(tmp_path, capsys):
    source, folder = write_set(tmp_path / "source"), tmp_path / "new" / "folder"
    input_data.read_data_sets(folder, validation_size=5, source_url=source.as_uri())
    assert sorted(os.listdir(folder)) == sorted(os.listdir(source))
    size = (source / TEST_LABELS).stat().st_size
    assert f"Successfully downloaded {TEST_LABELS} {size} bytes." in capsys.readouterr().out


def test_files_that_are_there_are_not_downloaded_again(tmp_path):
    source, folder = write_set(tmp_path / "source", pixel=1), write_set(tmp_path / "folder", pixel=2)
    (folder / TEST_IMAGES).unlink()
    data = input_data.read_data_sets(folder, validation_size=5, dtype=np.uint8, source_url=source.as_uri() + "/")
    assert (data.train.images.max(), data.test.images.max()) == (2, 1)


def test_a_download_that_fails_names_the_address_and_leaves_nothing(tmp_path):
    source = (tmp_path / "nowhere").as_uri() + "/"
    with pytest.raises(OSError, match=f"could not download {source}{TRAIN_IMAGES}"):
        input_data.read_data_sets(tmp_path / "folder", source_url=source)
    assert not (tmp_path / "folder").exists()


def test_a_download_of_something_else_is_refused_and_leaves_nothing(tmp_path):
    source, folder = write_set(tmp_path / "source"), tmp_path / "folder"
    (source / TRAIN_IMAGES).write_bytes(b"<html>not here</html>")
    with pytest.raises(ValueError, match=r"Invalid magic number .* in MNIST image file: file://\S*train-images"):
        input_data.read_data_sets(folder, source_url=source.as_uri())
    assert not folder.exists()


def test_an_empty_source_url_downloads_nothing(mnist):
    assert input_data.read_data_sets("no/such/folder", dtype=np.uint8, source_url="").test.num_examples == 10000
