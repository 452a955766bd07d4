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


def golden(family, case):
    with np.load(harness.HERE / "golden" / f"{family}.npz") as found:
        wanted = {k: found[k] for k in found.files if k.startswith(f"{case.name}/")}
    assert wanted, f"no golden values for {case.name}: run tests/parity/make_golden.py {family}"
    return wanted


def check(case, found, wanted):
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


@pytest.mark.parametrize(("family", "case"), ALL, ids=[f"{f}-{c.name}" for f, c in ALL])
def test_same_as_tensorflow(family, case):
    wanted = golden(family, case)
    found = harness.run(tf, case)
    assert sorted(found) == sorted(wanted)
    check(case, found, wanted)


# Resource variables make other nodes than references, and the same values.
WITH_VARIABLES = set("article gradients initializers layers metrics optimizers rnn slicing while_loop".split())
OF_REFERENCES = {  # what these are about is another with handles
    "every_tensor_and_variable_the_program_holds_is_named_alike",
    "none_where_there_is_no_path",
    "training_by_placeholder_fused",
    "variables_and_their_reads",
}
BY_HANDLE = [(family, case) for family, case in ALL if family in WITH_VARIABLES and case.name not in OF_REFERENCES]


@pytest.mark.parametrize(("family", "case"), BY_HANDLE, ids=[f"{f}-{c.name}" for f, c in BY_HANDLE])
def test_the_same_by_handle(family, case):
    tf.enable_resource_variables()
    try:
        found = harness.run(tf, case)
    finally:
        tf.disable_resource_variables()
    wanted = {key: value for key, value in golden(family, case).items() if not key.endswith("/nodes")}
    check(case, found, wanted)
