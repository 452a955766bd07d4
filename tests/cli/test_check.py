"""`undertow check`: the missing names of a program, with the line of each and what to use instead."""

import ast
import json
import subprocess
import sys

import pytest

from undertow.cli.check import uses_of


@pytest.fixture
def check(tmp_path):
    """Check files, given by name and text; what is printed, by line, and the exit code."""

    def run(*args, **files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        command = [sys.executable, "-m", "undertow", "check", *(args or [name.replace("__", ".") for name in files])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
        return (done.stdout or done.stderr).splitlines(), done.returncode

    return run


def test_a_program_that_lacks_nothing_is_said_to_lack_nothing(check):
    text = "import tensorflow as tf\nx = tf.placeholder(tf.float32)\ny = tf.nn.relu(x)\n"
    assert check(p__py=text) == (["p.py: all 3 TensorFlow names are there."], 0)


def test_each_missing_name_has_its_line_and_its_advice(check):
    text = "import tensorflow as tf\ntf.nn.softmx(1)\ntf.pack([1])\ntf.GraphKeys.NONE\ntf.pack([2])\n"
    assert check(p__py=text) == (
        [
            "p.py: 3 of 3 TensorFlow names are missing.",
            "p.py:2: tf.nn.softmx is not built in Undertow. Did you mean tf.nn.softmax?",
            "p.py:3: tf.pack is not built in Undertow. Use tf.stack.",
            "p.py:4: tf.GraphKeys.NONE is not built in Undertow.",
        ],
        1,
    )


def test_of_the_names_in_a_module_that_is_missing_the_first_is_told(check):
    text = "import tensorflow as tf\ntf.absent.b\ntf.absent.a\n"
    assert check(p__py=text)[0][1:] == ["p.py:2: tf.absent is not built in Undertow."]


@pytest.mark.parametrize(
    "text, line",
    [
        ("import tensorflow\ntensorflow.absent\n", 2),
        ("import tensorflow.nn as n\nn.absent\n", 2),
        ("import tensorflow.nn.absent\n", 1),
        ("from tensorflow import nn as n\nn.absent\n", 2),
        ("from tensorflow import absent\n", 1),
        ("from tensorflow.contrib.absent import *\n", 1),
        ("from tensorflow.python.ops import absent\n", 1),
        ("from tensorflow.python.ops.nn_ops import absent\n", 1),
        ("import tensorflow as tf\nlayers = tf.layers\nlayers.absent(1)\n", 3),
        ("import tensorflow as tf\ndef f():\n    return tf.absent.more\n", 3),
        ("import tensorflow as tf\nclass A(tf.nn.absent.B):\n    pass\n", 2),
    ],
)
def test_imports_and_other_names_of_modules_are_followed(text, line):
    (missing,) = (use for use in uses_of(ast.parse(text), "p.py") if use.missing)
    assert missing.line == line
    assert "absent" in missing.missing


@pytest.mark.parametrize(
    "text",
    [
        "import tensorflow as tf\ntry:\n    tf.absent\nexcept AttributeError:\n    tf.nn\n",
        "try:\n    import tensorflow.absent\nexcept (ImportError, ValueError):\n    pass\n",
        "import numpy as tf\ntf.absent\n",
        "import tensorflow as tf\ntf.absent = 1\n",
        "import tensorflow as tf\ntf.train.AdamOptimizer(1).absent\ntf.Session.run.absent\n",
        "import tensorflow as tf\ndef f(layers):\n    layers.absent\nlayers = tf.layers\n",
    ],
)
def test_what_the_program_can_do_without_or_means_otherwise_is_not_missing(text):
    assert not any(use.missing for use in uses_of(ast.parse(text), "p.py"))


def test_folders_and_notebooks_are_read_too(check, tmp_path):
    cells = [{"cell_type": "code", "source": ["%matplotlib inline\n", "import tensorflow as tf\n", "tf.absent\n"]}]
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "a.py").write_text("import tensorflow as tf\ntf.nn.relu\n")
    lines, code = check(".")
    assert code == 1
    assert lines[-2:] == [
        ".: 1 of 2 TensorFlow names are missing.",
        "./sub/b.ipynb, cell 1:3: tf.absent is not built in Undertow.",
    ]


@pytest.mark.parametrize(
    "text, says",
    [("print 1\n", "undertow: p.py:1: this is not Python 3: "), (None, "undertow: cannot read p.py: No such")],
)
def test_what_cannot_be_read_is_one_sentence_and_exit_1(check, text, says):
    lines, code = check("p.py") if text is None else check(p__py=text)
    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith(says)


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_being_checked(check, tmp_path):
    (tmp_path / "bad.py").write_text("print 1\n")
    lines, code = check("bad.py", "good.py", good__py="import tensorflow as tf\ntf.nn.relu\n")
    assert (lines, code) == (["2 files: all 1 TensorFlow names are there."], 1)


def test_the_program_is_not_run(check, tmp_path):
    check(p__py="import tensorflow as tf\nopen('ran', 'w')\ntf.nn.relu\n")
    assert not (tmp_path / "ran").exists()
