"""What Undertow saves TensorFlow restores, and the reverse, bit for bit, with the meta graphs (in `make parity`)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import checkpoints

import undertow as tf

HERE = Path(__file__).parent
PEER = os.environ.get("TENSORFLOW_PYTHON", "")


def in_tensorflow(action, folder):
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([PEER, HERE / "checkpoints.py", action, folder], check=True, env=environment)


def test_what_is_written_is_read(tmp_path):
    checkpoints.write(tf, str(tmp_path))
    checkpoints.read(tf, str(tmp_path))


@pytest.mark.skipif(not PEER, reason="needs a TensorFlow, as make parity has")
def test_tensorflow_reads_what_is_written(tmp_path):
    checkpoints.write(tf, str(tmp_path))
    in_tensorflow("read", tmp_path)


@pytest.mark.skipif(not PEER, reason="needs a TensorFlow, as make parity has")
def test_what_tensorflow_wrote_is_read(tmp_path):
    in_tensorflow("write", tmp_path)
    checkpoints.read(tf, str(tmp_path))
