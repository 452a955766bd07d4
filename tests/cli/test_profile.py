"""`undertow run --profile`: where the time of a program's sessions went."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import tensorflow as tf
a = tf.constant([[1.0, 2.0]], name="a")
b = tf.matmul(a, a, transpose_b=True, name="product")
with tf.Session() as s:
    print(s.run(b), s.run(b))
"""


@pytest.fixture
def undertow(tmp_path):
    def run(*args):
        command = [sys.executable, "-m", "undertow", "run", *map(str, args)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)

    return run


def test_a_profile_has_a_table_by_type_and_one_by_op(undertow):
    shown = undertow("--profile", "-c", PROGRAM)
    assert shown.stdout == "[[5.]] [[5.]]\n"
    lines = [line.split() for line in shown.stderr.splitlines() if line]
    assert lines[0][:3] == ["2", "runs", "took"]
    assert ["MatMul", "2"] in [line[:2] for line in lines]
    assert ["product", "2"] in [line[:2] for line in lines]


def test_a_profile_is_shown_when_the_program_fails_too(undertow):
    shown = undertow("--profile", "-c", PROGRAM + "raise SystemExit(3)\n")
    assert shown.returncode == 3
    assert "product" in shown.stderr


def test_a_timeline_is_written_where_it_is_asked_for(undertow, tmp_path):
    undertow("--timeline", "run.json", "-c", PROGRAM)
    events = json.loads((tmp_path / "run.json").read_text())["traceEvents"]
    assert [e["args"]["name"] for e in events if e["ph"] == "X"] == ["product"]


def test_a_timeline_that_cannot_be_written_is_one_sentence(undertow):
    shown = undertow("--timeline", "no/such/run.json", "-c", PROGRAM)
    assert shown.stderr.splitlines()[-1] == "undertow: --timeline no/such/run.json: No such file or directory"


def test_a_program_without_a_session_has_nothing_to_profile(undertow):
    shown = undertow("--profile", "-c", "print(1)")
    assert shown.stderr == "undertow: nothing to profile: no session has run.\n"
