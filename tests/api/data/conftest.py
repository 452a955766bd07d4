"""What the tests of tf.data share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return np.asarray(value).tolist()


@pytest.fixture
def elements() -> Callable[..., list[Any]]:
    """All elements of a dataset, as plain lists and numbers."""

    def run(dataset: Any, feed_dict: Any = None) -> list[Any]:
        iterator = dataset.make_initializable_iterator()
        element = iterator.get_next()
        found = []
        with tf.Session() as session:
            session.run(iterator.initializer, feed_dict)
            while True:
                try:
                    found.append(_plain(session.run(element)))
                except tf.errors.OutOfRangeError:
                    return found

    return run
