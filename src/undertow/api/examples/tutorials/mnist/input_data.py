"""MNIST as TensorFlow 1's tutorials read it: `tensorflow.examples.tutorials.mnist.input_data`.

The four files come with Undertow, so `read_data_sets` needs no network. Source: the tutorials "MNIST For ML Beginners"
and "TensorFlow Mechanics 101" of TensorFlow 1.
"""

from __future__ import annotations

import http.client
import io
import os
import urllib.request
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

import undertow.formats
from undertow.formats.idx import read_idx
from undertow.formats.whole import write_whole
from undertow.graph import dtypes
from undertow.graph.scopes import get_seed

DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"

TRAIN_IMAGES = "train-images-idx3-ubyte.gz"
TRAIN_LABELS = "train-labels-idx1-ubyte.gz"
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"
TEST_LABELS = "t10k-labels-idx1-ubyte.gz"

_KINDS = {TRAIN_IMAGES: "image", TRAIN_LABELS: "label", TEST_IMAGES: "image", TEST_LABELS: "label"}
_SHIPPED = Path(undertow.formats.__file__).parent / "mnist"
_SECONDS_WITHOUT_AN_ANSWER = 60

_FAKE_EXAMPLES = 10000
_FAKE_PIXELS = 784
_FAKE_CLASSES = 10


def extract_images(f: BinaryIO | str | os.PathLike[str]) -> np.ndarray:
    """Read the images of an IDX file.

    Args:
      f: the file, open for reading in binary, or its path; gzipped or not.

    Returns:
      uint8 [N, rows, columns, 1].

    Raises:
      ValueError: it is not an IDX file of images, or it is damaged.
    """
    _say_extracting(f)
    return read_idx(f, "image")[..., np.newaxis]


def extract_labels(f: BinaryIO | str | os.PathLike[str], one_hot: bool = False, num_classes: int = 10) -> np.ndarray:
    """Read the labels of an IDX file.

    Args:
      f: the file, open for reading in binary, or its path; gzipped or not.
      one_hot: whether each label becomes a row.
      num_classes: how long that row is.

    Returns:
      uint8 [N], or float64 [N, num_classes] when `one_hot`.

    Raises:
      ValueError: it is not an IDX file of labels, it is damaged, or a label is not below `num_classes`.
    """
    _say_extracting(f)
    labels = read_idx(f, "label")
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense: np.ndarray, num_classes: int) -> np.ndarray:
    """Turn integer labels [N] into float64 rows [N, num_classes] with a 1 at each label.

    Raises:
      ValueError: a label is negative or not below `num_classes`.
    """
    labels = np.ravel(labels_dense)
    if labels.size and not 0 <= labels.min() <= labels.max() < num_classes:
        raise ValueError(
            f"labels from {labels.min()} to {labels.max()} do not fit one-hot rows of {num_classes} classes"
        )
    rows = np.zeros((labels.size, num_classes))
    rows[np.arange(labels.size), labels] = 1
    return rows


class DataSet:
    """Images with their labels, handed out in shuffled batches, epoch after epoch.

    Every shuffle draws from NumPy's global generator, as in TensorFlow: `numpy.random.seed` before the first batch
    makes a program's batches reproducible, and so does the argument `seed`.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = dtypes.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        """Hold `images` and `labels`.

        Args:
          images: uint8 [N, rows, columns, depth]; depth must be 1 when `reshape`.
          labels: [N] or [N, classes].
          fake_data: whether to ignore both and hand out images of ones, for tests that need no data.
          one_hot: whether fake labels are one-hot; true labels stay as they are.
          dtype: float32 scales the pixels from [0, 255] to [0, 1]; uint8 leaves them.
          reshape: whether to flatten each image, giving [N, rows * columns].
          seed: seeds NumPy's global generator; without it, that is done only if the graph has a seed.

        Raises:
          TypeError: `dtype` is neither uint8 nor float32.
          ValueError: the images are not of that rank, or not as many as the labels.
        """
        _seed_numpy(seed)
        pixel_type = dtypes.as_dtype(dtype).base_dtype
        if pixel_type not in (dtypes.uint8, dtypes.float32):
            raise TypeError(f"Invalid image dtype {pixel_type!r}, expected uint8 or float32")
        self.one_hot = one_hot
        self._fake = fake_data
        self._epochs_completed = 0
        self._next = 0
        if not fake_data:
            if len(images) != len(labels):
                raise ValueError(f"{len(images)} images cannot have {len(labels)} labels")
            if reshape:
                images = _flattened(images)
            if pixel_type == dtypes.float32:
                images = np.multiply(images, 1 / 255, dtype=np.float32)
        self._images = images
        self._labels = labels

    @property
    def images(self) -> np.ndarray:
        """The images, in the order in which this epoch hands them out."""
        return self._images

    @property
    def labels(self) -> np.ndarray:
        """The labels, in the order of `images`."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many images there are; 10,000 for fake data."""
        return _FAKE_EXAMPLES if self._fake else len(self._images)

    @property
    def epochs_completed(self) -> int:
        """How many times a batch has reached beyond the last image."""
        return self._epochs_completed

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """Hand out the next `batch_size` images and labels.

        The examples are shuffled before the first batch and at the end of each epoch. A batch that reaches beyond the
        end is what was left of the old epoch followed by the start of the new one.

        Args:
          batch_size: how many examples; it may exceed an epoch.
          fake_data: whether to hand out fake examples for once: lists of ones, labelled 0.
          shuffle: whether to shuffle, should this batch begin an epoch.

        Returns:
          (images, labels), each of `batch_size` rows; none if the set is empty.
        """
        if fake_data or self._fake:
            label = [1] + [0] * (_FAKE_CLASSES - 1) if self.one_hot else 0
            return [[1] * _FAKE_PIXELS for _ in range(batch_size)], [label for _ in range(batch_size)]
        if shuffle and self._next == 0 and self._epochs_completed == 0:
            self._shuffle()
        first = self._take(batch_size)
        parts, missing = [first], batch_size - len(first[0])
        while missing > 0 and self.num_examples:
            self._epochs_completed += 1
            self._next = 0
            if shuffle:
                self._shuffle()
            parts.append(self._take(missing))
            missing -= len(parts[-1][0])
        if len(parts) == 1:
            return first
        images, labels = zip(*parts)
        return np.concatenate(images), np.concatenate(labels)

    def _take(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The next `count` examples, or those left in the epoch."""
        taken = slice(self._next, min(self._next + count, self.num_examples))
        self._next = taken.stop
        return self._images[taken], self._labels[taken]

    def _shuffle(self) -> None:
        order = np.arange(self.num_examples)
        np.random.shuffle(order)
        self._images = self._images[order]
        self._labels = self._labels[order]


class Datasets(NamedTuple):
    """The three parts of a data set."""

    train: DataSet
    validation: DataSet
    test: DataSet


def read_data_sets(
    train_dir: str | os.PathLike[str],
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = dtypes.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str | None = None,
) -> Datasets:
    """Read MNIST, or another data set in files of its names.

    Those of the four files that are in `train_dir` are read from there, the others from Undertow itself. TensorFlow
    downloaded what was missing; here that happens only where `source_url` asks for it.

    Args:
      train_dir: the folder to look in; it need not exist.
      fake_data: whether to read nothing and hand out fake examples.
      one_hot: whether labels are rows [N, 10] of float64 rather than [N] of uint8.
      dtype: float32 for pixels in [0, 1], uint8 for pixels in [0, 255].
      reshape: whether images are [N, 784] rather than [N, 28, 28, 1].
      validation_size: how many of the training images, the first ones, are set apart.
      seed: seeds NumPy's global generator, which shuffles.
      source_url: where to download from, into `train_dir`, those of the four files that it lacks: a folder's address.

    Returns:
      `Datasets` of 55,000 training, 5,000 validation and 10,000 test examples.

    Raises:
      ValueError: a file is damaged, or not of its kind, or not as long as its partner; `validation_size` is out of
        bounds.
      TypeError: `dtype` is neither uint8 nor float32.
      OSError: a download failed. No part of a file is left behind.
    """
    options: dict[str, Any] = {"dtype": dtype, "reshape": reshape, "seed": seed}
    if fake_data:
        nothing = np.zeros(0)
        train, validation, test = (DataSet(nothing, nothing, True, one_hot, **options) for _ in range(3))
        return Datasets(train, validation, test)
    folder = Path(train_dir)
    if source_url:
        for name in _KINDS:
            if not (folder / name).exists():
                _download(source_url, name, folder)

    train_images, train_labels = _read_pair(folder, TRAIN_IMAGES, TRAIN_LABELS, one_hot)
    test_images, test_labels = _read_pair(folder, TEST_IMAGES, TEST_LABELS, one_hot)
    if not 0 <= validation_size <= len(train_images):
        raise ValueError(f"Validation size should be between 0 and {len(train_images)}. Received: {validation_size}.")
    return Datasets(
        train=DataSet(train_images[validation_size:], train_labels[validation_size:], **options),
        validation=DataSet(train_images[:validation_size], train_labels[:validation_size], **options),
        test=DataSet(test_images, test_labels, **options),
    )


def _read_pair(folder: Path, images_name: str, labels_name: str, one_hot: bool) -> tuple[np.ndarray, np.ndarray]:
    images_path, labels_path = _find(folder, images_name), _find(folder, labels_name)
    images, labels = extract_images(images_path), extract_labels(labels_path, one_hot)
    if len(images) != len(labels):
        raise ValueError(f"{images_path} holds {len(images)} images, but {labels_path} holds {len(labels)} labels")
    return images, labels


def _find(folder: Path, name: str) -> Path:
    """The file in the folder, where it may have been unpacked, or else the one in the package."""
    candidates = (folder / name, folder / name.removesuffix(".gz"), _SHIPPED / name)
    return next(path for path in candidates if path.exists())


def _download(source_url: str, name: str, folder: Path) -> None:
    """Fetch one file into the folder, after a look that it is what its name says."""
    url = source_url + ("" if source_url.endswith("/") else "/") + name
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS_WITHOUT_AN_ANSWER) as answer:
            data = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise OSError(
            f"could not download {url}: {error}; without source_url, the MNIST files in the package are read"
        ) from error
    stream = io.BytesIO(data)
    stream.name = url
    read_idx(stream, _KINDS[name])
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / name, data)
    print("Successfully downloaded", name, len(data), "bytes.")


def _flattened(images: np.ndarray) -> np.ndarray:
    if images.ndim != 4 or images.shape[3] != 1:
        raise ValueError(f"reshape=True needs images of shape [N, rows, columns, 1], got {list(images.shape)}")
    return images.reshape(len(images), images.shape[1] * images.shape[2])


def _seed_numpy(seed: int | None) -> None:
    """Seed NumPy's generator as an op would be seeded; with neither seed, what the program has seeded stays."""
    graph_seed, op_seed = get_seed(seed)
    number = graph_seed if seed is None else op_seed
    if number is not None:
        np.random.seed(number)


def _say_extracting(f: BinaryIO | str | os.PathLike[str]) -> None:
    print("Extracting", os.fspath(f) if isinstance(f, (str, os.PathLike)) else getattr(f, "name", f))
