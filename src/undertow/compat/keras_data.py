"""The data of tests that TensorFlow 1 keeps beside Keras: `keras.testing_utils` and `keras.utils`."""

from __future__ import annotations

from typing import Any

import numpy as np

Set = tuple[np.ndarray, np.ndarray]


def get_test_data(
    train_samples: int,
    test_samples: int,
    input_shape: tuple[int, ...],
    num_classes: int,
    random_seed: int | None = None,
) -> tuple[Set, Set]:
    """Examples [n, *input_shape] that lie about a point for each class, and their classes [n]: to train and to test."""
    random = np.random if random_seed is None else np.random.RandomState(random_seed)
    total = train_samples + test_samples
    points = 2 * num_classes * random.random_sample((num_classes, *input_shape))
    classes = random.randint(0, num_classes, size=total)
    examples = (points[classes] + random.normal(size=(total, *input_shape))).astype(np.float32)
    return (examples[:train_samples], classes[:train_samples]), (examples[train_samples:], classes[train_samples:])


def to_categorical(y: Any, num_classes: int | None = None, dtype: Any = "float32") -> np.ndarray:
    """The classes `y` one-hot in a new last dimension; that of column vectors is replaced."""
    classes = np.array(y, dtype=int)
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    return np.eye(num_classes or classes.max() + 1, dtype=dtype)[classes]
