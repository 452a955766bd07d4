"""SavedModels, both ways: TensorFlow's are answered for as it answered, and it loads ours.

The second needs TensorFlow, whose Python `TENSORFLOW_PYTHON` names (`make parity` sets it).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).with_name("make_saved_model_golden.py")
GOLDEN = Path(__file__).parent / "golden" / "saved_model"


def run(*command):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_same(found, wanted):
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        if isinstance(value, str):
            assert found[name] == value
        else:
            np.testing.assert_allclose(found[name], value, rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("version", ["1.15", "2.21"])
def test_what_tensorflow_saved_answers_the_same_here(version):
    found = json.loads(run(sys.executable, "-m", "undertow", "run", SCRIPT, "--answer", GOLDEN / version / "model"))
    assert_same(found, json.loads((GOLDEN / version / "answers.json").read_text()))


def test_what_is_saved_here_answers_the_same_here_and_in_tensorflow(tmp_path):
    folder = tmp_path / "ours"
    run(sys.executable, "-m", "undertow", "run", SCRIPT, folder)
    found = json.loads((folder / "answers.json").read_text())
    assert_same(found, json.loads((GOLDEN / "1.15" / "answers.json").read_text()))
    if "TENSORFLOW_PYTHON" in os.environ:
        # It has no function for our node of gradients: it loads the graph that trains, and cannot train it.
        told = run(os.environ["TENSORFLOW_PYTHON"], SCRIPT, "--answer", folder / "model", "--no-gradients")
        del found["kernel"]
        assert_same(json.loads(told), found)
