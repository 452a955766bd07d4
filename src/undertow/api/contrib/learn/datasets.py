"""`tf.contrib.learn.datasets`: MNIST.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/learn/datasets
"""

from __future__ import annotations

from ....graph.errors import unbuilt
from ...examples.tutorials.mnist import input_data as mnist

_OTHERS = ("iris", "boston", "dbpedia")


def load_dataset(name: str, size: str = "small", test_with_fake_data: bool = False) -> mnist.Datasets:
    """The data set of that name: "mnist".

    Raises:
      ValueError: TensorFlow had none of that name.
      errors.UnimplementedError: it had, and Undertow has not.
    """
    if name in _OTHERS:
        raise unbuilt(f"tf.contrib.learn.datasets.load_dataset({name!r})")
    if name != "mnist":
        raise ValueError(f"Name of dataset is not found: {name}")
    return mnist.read_data_sets("MNIST-data")
