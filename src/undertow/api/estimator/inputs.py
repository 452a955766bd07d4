"""`tf.estimator.inputs`: input functions of data that is in memory.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/inputs/numpy_input_fn
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...graph import dtypes, nest, stacks
from ...graph.keys import GraphKeys
from ..data.dataset import Dataset


def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """An input function that gives `x`, an array or a dict of arrays, and `y` in batches of their first dimension.

    The last batch may be smaller; None epochs never end. `shuffle` draws a new order each epoch.

    Raises:
      ValueError: `shuffle` is not told, the arrays are of different lengths or there are none, or `y` and `x` share
        a name.
    """
    if not isinstance(shuffle, bool):
        raise ValueError(
            "shuffle must be provided and explicitly set as boolean (it is recommended to set it as True for "
            f"training); got {shuffle}"
        )
    for what, data in (("x", x), ("y", y)):
        if isinstance(data, dict) and not data:
            raise ValueError(f"{what} cannot be an empty dict")
    if isinstance(x, dict) and isinstance(y, dict) and x.keys() & y.keys():
        raise ValueError(f"Found {len(x.keys() & y.keys())} duplicate keys are found in both x and y: "
                         f"{sorted(x.keys() & y.keys())}")  # fmt: skip

    def input_fn() -> Any:
        data = (x,) if y is None else (x, y)
        arrays = [np.asarray(array) for array in nest.flatten(data)]
        if len({len(array) for array in arrays}) != 1:
            lengths = ", ".join(str(len(array)) for array in arrays)
            raise ValueError(f"Length of tensors in x and y is mismatched. All elements in x and y must have the same "
                             f"length; these have {lengths}.")  # fmt: skip
        random = np.random.RandomState(stacks.get_default_graph().seed)
        made = Dataset.from_generator(
            lambda: (nest.pack_sequence_as(data, b) for b in _batches(arrays, batch_size, num_epochs, shuffle, random)),
            nest.map_structure(lambda array: dtypes.as_dtype(np.asarray(array).dtype), data),
            nest.map_structure(lambda array: (None, *np.shape(array)[1:]), data),
        )
        iterator = made.make_initializable_iterator()
        stacks.get_default_graph().add_to_collection(GraphKeys.TABLE_INITIALIZERS, iterator.initializer)
        batch = iterator.get_next()
        return batch[0] if y is None else batch

    return input_fn


def _batches(
    arrays: list[Any], size: int, epochs: int | None, shuffle: bool, random: np.random.RandomState
) -> Iterator[list[Any]]:
    """Batches of `size` that run on from one epoch into the next, as TensorFlow's queue gives them."""
    count, epoch = len(arrays[0]), 0
    waiting = np.zeros(0, np.int64)
    while (epochs is None or epoch < epochs) and count:
        waiting = np.concatenate([waiting, random.permutation(count) if shuffle else np.arange(count)])
        epoch += 1
        while len(waiting) >= size:
            yield [array[waiting[:size]] for array in arrays]
            waiting = waiting[size:]
    if len(waiting):
        yield [array[waiting] for array in arrays]


def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """The same of a pandas DataFrame: a feature for each column. `ValueError` if `y` has another index than `x`."""
    if y is not None and not (hasattr(y, "columns") or x.index.equals(y.index)):
        raise ValueError(f"Index for x and y are mismatched.\nIndex for x: {x.index}\nIndex for y: {y.index}\n")
    features = {name: x[name].to_numpy() for name in x.columns}
    labels = None
    if y is not None:
        labels = {name: y[name].to_numpy() for name in y.columns} if hasattr(y, "columns") else y.to_numpy()
    return numpy_input_fn(features, labels, batch_size, num_epochs, shuffle, queue_capacity, num_threads)
