"""The article's program, cut out of its text, runs unmodified and says what it said there.

UNDERTOW_ARTICLE_STEPS=10000 trains it to the end, as the article does (some minutes); the default is a taste.
"""

import os
import pathlib
import re
import subprocess
import sys

import pytest

ARTICLE = pathlib.Path(__file__).parents[3] / "shared/article/tensorflow-layers-api.md"
STEPS = int(os.environ.get("UNDERTOW_ARTICLE_STEPS", "300"))
WANTED = 0.985 if STEPS >= 10_000 else 0.8
NOT_PYTHON = re.compile(r"^\s*[%!]", re.MULTILINE)


def is_program(block):
    """A block is part of the program if it is Python, IPython's own lines aside; the outputs shown are not."""
    try:
        compile(NOT_PYTHON.sub("#", block), "block", "exec")
    except SyntaxError:
        return False
    return True


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The program's folder after it ran, and what it printed."""
    if not ARTICLE.exists():
        pytest.skip("the article is not beside this checkout (../shared/article)")
    folder = tmp_path_factory.mktemp("article")
    blocks = re.findall(r"^```\w*\n(.*?)^```$", ARTICLE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    helper, *rest = filter(is_program, blocks)
    (folder / "cnn_helper.py").write_text(helper, encoding="utf-8")
    program = "\n".join(rest).replace("optimize(num_iterations=10000)", f"optimize(num_iterations={STEPS})")
    (folder / "article.py").write_text(program, encoding="utf-8")
    command = [sys.executable, "-m", "undertow", "run", "--figures", "figures", "article.py"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


TENSORS = """\
Tensor("layer_conv1/Relu:0", shape=(?, 28, 28, 16), dtype=float32)
Tensor("layer_conv2/Relu:0", shape=(?, 14, 14, 36), dtype=float32)
Tensor("Flatten/Reshape:0", shape=(?, 1764), dtype=float32)
Tensor("layer_fc1/Relu:0", shape=(?, 128), dtype=float32)
Tensor("layer_fc2/BiasAdd:0", shape=(?, 10), dtype=float32)
"""


def test_it_prints_the_articles_tensors(run):
    assert TENSORS in run[1]


def test_it_prints_the_articles_26_variables_line_for_line(run):
    (shown,) = re.findall(r"^```python\n(<tf\.Variable.*?)^```$", ARTICLE.read_text(encoding="utf-8"), re.M | re.S)
    assert shown.count("\n") == 26
    assert shown in run[1]


def test_it_learns(run):
    right, total = map(int, re.search(r"测试集准确率: .*% \((\d+) / (\d+)\)", run[1]).groups())
    assert total == 10_000
    assert right / total >= WANTED


def test_every_picture_it_shows_is_saved(run):
    pictures = sorted((run[0] / "figures").glob("*.png"))
    assert len(pictures) == 10
    assert all(p.read_bytes().startswith(b"\x89PNG") and p.stat().st_size > 3000 for p in pictures)
