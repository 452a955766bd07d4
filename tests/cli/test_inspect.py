"""`undertow inspect`: the first line is the answer; a broken file is one sentence and exit code 1."""

import json
import subprocess
import sys

import numpy as np
import pytest

from undertow.formats.bundle import write_bundle
from undertow.formats.tfrecord import RecordWriter


@pytest.fixture
def inspect(tmp_path):
    def run(*args):
        command = [sys.executable, "-m", "undertow", "inspect", *map(str, args)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)

    return run


@pytest.fixture
def checkpoint(tmp_path):
    write_bundle(tmp_path / "m", {"layer/kernel": np.ones((20, 60), np.float32), "x": np.float32(np.nan)})
    return "m"


def test_the_first_line_is_the_answer_and_a_table_follows(inspect, checkpoint):
    done = inspect(checkpoint)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n") == [
        "m: a checkpoint (V2) of 2 tensors: 1,201 elements, 4.7 KiB.",
        "",
        "name          dtype    shape     bytes",
        "layer/kernel  float32  [20, 60]  4,800",
        "x             float32  []            4",
        "",
    ]


def test_stats_are_columns_of_the_table(inspect, checkpoint):
    lines = inspect(checkpoint, "--stats").stdout.split("\n")
    assert lines[2].split() == ["name", "dtype", "shape", "bytes", "min", "mean", "max", "norm", "nan"]
    assert lines[3].split()[-5:] == ["1", "1", "1", "34.641", "0"]  # sqrt(1200)
    assert lines[4].split()[-1] == "1"


def test_json_is_the_same_and_holds_no_numbers_that_json_has_not(inspect, tmp_path):
    import undertow as tf

    writer = tf.summary.FileWriter(str(tmp_path / "logs"))
    writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="loss", simple_value=float("nan"))]), 1)
    writer.close()
    (events,) = (tmp_path / "logs").iterdir()
    done = inspect(events, "--json")
    found = json.loads(done.stdout, parse_constant=pytest.fail)
    assert found["tags"][0]["last"] == "nan"


def test_a_broken_file_is_one_sentence_and_exit_1(inspect, tmp_path):
    with RecordWriter(tmp_path / "r") as writer:
        writer.write(b"record")
    (tmp_path / "r").write_bytes((tmp_path / "r").read_bytes()[:-1])
    done = inspect("r")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "undertow: r: truncated record at 0\n")


def test_a_file_that_is_not_there_is_one_sentence_and_exit_1(inspect):
    done = inspect("absent")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "undertow: absent; No such file or directory\n")


def test_records_are_told_without_torch(inspect, tmp_path):
    with RecordWriter(tmp_path / "r") as writer:
        writer.write(b"\xff")
    code = "import sys; from undertow.inspect.files import describe; describe('r'); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.stdout == "False\n", done.stderr
    assert (
        inspect("r").stdout == "r: a TFRecord file of 1 record of 1 to 1 bytes.\nThe records are no tf.train.Example.\n"
    )
