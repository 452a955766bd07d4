"""Random numbers and sequences. A module draws from torch's generator: the numbers are not TensorFlow's."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from .. import functions
from ..table import becomes
from ..value import Value, ints
from .math import call


def _drawing(function: Any) -> Any:
    def apply(shape: np.ndarray, *, dtype: torch.dtype, make: Any) -> Any:
        return make(function, ints(shape), dtype=dtype)

    return apply


becomes("RandomUniform", host=("shape",))(_drawing(torch.rand))
becomes("RandomStandardNormal", host=("shape",))(_drawing(torch.randn))
becomes("TruncatedNormal", host=("shape",))(_drawing(functions.truncated_normal))


@becomes("RandomUniformInt", host=("shape", "minval", "maxval"))
def random_uniform_int(
    shape: np.ndarray, minval: np.ndarray, maxval: np.ndarray, *, Tout: torch.dtype, make: Any
) -> Any:
    return make(torch.randint, minval.item(), maxval.item(), ints(shape), dtype=Tout)


@becomes("RandomShuffle")
def random_shuffle(value: Value) -> Any:
    return call(functions.shuffled, value)


@becomes("Multinomial", host=("num_samples",))
def multinomial(logits: Value, num_samples: np.ndarray, *, output_dtype: torch.dtype) -> Any:
    return torch.multinomial(torch.softmax(logits, -1), num_samples.item(), True).to(output_dtype)


@becomes("Range", host=("start", "limit", "delta"))
def range_(start: np.ndarray, limit: np.ndarray, delta: np.ndarray, *, Tidx: torch.dtype, make: Any) -> Any:
    return make(torch.arange, start.item(), limit.item(), delta.item(), dtype=Tidx)


@becomes("LinSpace", host=("start", "stop", "num"))
def lin_space(start: np.ndarray, stop: np.ndarray, num: np.ndarray, *, T: torch.dtype, make: Any) -> Any:
    return make(torch.linspace, start.item(), stop.item(), num.item(), dtype=T)
