"""What an estimator is asked for: some of a model's predictions, batch by batch or example by example."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def chosen(predictions: Any, keys: Any) -> Any:
    """The predictions of these keys, all if there are none; `ValueError` if none is left."""
    if not keys:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError("predict_keys argument is not valid in case of non-dict predictions.")
    found = {key: value for key, value in predictions.items() if key in keys}
    if not found:
        raise ValueError(f"Expected to run at least one output from {list(predictions)}, provided {keys}.")
    return found


def examples(batch: Any) -> Iterator[Any]:
    """Each example of a batch, an array or a dict of arrays; `ValueError` if these are not of one length."""
    if not isinstance(batch, dict):
        yield from batch
        return
    lengths = {name: np.shape(value)[:1] for name, value in batch.items()}
    if len(set(lengths.values())) != 1 or () in lengths.values():
        raise ValueError(f"Batch length of predictions should be same. Got {lengths}.")
    for i in range(next(iter(lengths.values()))[0]):
        yield {name: value[i] for name, value in batch.items()}
