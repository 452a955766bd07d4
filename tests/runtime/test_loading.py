"""Torch comes in with the first run: what that leaves as it was."""

import subprocess
import sys

import pytest


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("before", ["", "gc.disable()", "gc.freeze()"])
def test_the_garbage_collector_is_afterwards_as_it_was(before):
    code = (
        "import gc, undertow as tf\n"
        "x = tf.constant(1)\n"
        "session = tf.Session()\n"
        f"{before}\n"
        "was = gc.isenabled(), gc.get_freeze_count() > 0\n"
        "session.run(x)\n"
        "print(was == (gc.isenabled(), gc.get_freeze_count() > 0))"
    )
    assert run(code) == "True\n"
