"""At every point of `grid.py` Undertow gives the values and gradients that TensorFlow gave."""

import gzip
import itertools
import json
import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import grid

import undertow as tf

GOLDEN = json.loads(gzip.decompress((pathlib.Path(__file__).parent / "golden" / "grid.json.gz").read_bytes()))
BY_OP = itertools.groupby(sorted((p for p in grid.points() if p.name in GOLDEN), key=lambda p: p.op), lambda p: p.op)
OPS = {op: list(points) for op, points in BY_OP}
SPECIAL = {"Igamma", "Igammac", "Zeta", "Lgamma", "Digamma", "Erfinv"}  # series, cut where each library cuts them


@pytest.mark.parametrize("op", OPS)
def test_same_as_tensorflow_at_every_shape_and_dtype(op):
    for point, found in zip(OPS[op], grid.run(tf, OPS[op]).values()):
        wanted = GOLDEN[point.name]
        assert len(found) == len(wanted), f"{point.name}: gradients"
        for value, (dtype, shape, numbers) in zip(found, wanted):
            value = np.asarray(value)
            assert (value.dtype.name, list(value.shape)) == (dtype, shape), point.name
            expected = np.array(numbers, np.float64).view(dtype) if value.dtype.kind == "c" else numbers
            exact = value.dtype.kind in "biu"
            loose = op in SPECIAL or dtype in ("float32", "float16")
            tolerance = 0 if exact else 2e-5 if loose else 1e-10
            np.testing.assert_allclose(value.reshape(-1), expected, tolerance, tolerance / 10, err_msg=point.name)


def test_no_op_of_the_grid_is_left_out():
    assert {p.op for p in grid.points()} == set(OPS)
