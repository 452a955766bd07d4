"""Every case of `cases/` gives on Undertow what TensorFlow gave when the golden files were made."""

import json
import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness

import undertow as tf

TOLERANCE = {"float64": (1e-10, 1e-12), "complex128": (1e-10, 1e-12), "float16": (2e-3, 2e-3)}
ALL = [(family, case) for family in harness.families() for case in harness.load(family).values()]


@pytest.mark.parametrize(("family", "case"), ALL, ids=[f"{f}-{c.name}" for f, c in ALL])
def test_same_as_tensorflow(family, case):
    with np.load(harness.HERE / "golden" / f"{family}.npz") as golden:
        wanted = {k: golden[k] for k in golden.files if k.startswith(f"{case.name}/")}
    assert wanted, f"no golden values for {case.name}: run tests/parity/make_golden.py {family}"
    found = harness.run(tf, case)
    assert sorted(found) == sorted(wanted)
    for key, value in wanted.items():
        if key.endswith("/nodes"):
            assert json.loads(str(found[key])) == json.loads(str(value))
            continue
        assert (found[key].dtype, found[key].shape) == (value.dtype, value.shape) or value.dtype.kind == "S", key
        if value.dtype.kind in "fc":
            rtol, atol = TOLERANCE.get(value.dtype.name, (1e-5, 1e-6))
            rtol = case.rtol if case.rtol is not None else rtol
            atol = case.atol if case.atol is not None else atol
            np.testing.assert_allclose(found[key], value, rtol=rtol, atol=atol, err_msg=key)
        else:
            np.testing.assert_array_equal(found[key], value, err_msg=key)
