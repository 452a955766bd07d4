"""model.py is the module's source, model.safetensors its weights: together they are the module, without Undertow."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

import undertow as tf
from undertow.export import to_torch, write_torch

SCRIPT = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
import model, torch
module = model.load()
inputs = [torch.tensor(value) for value in np.load(sys.argv[2]).values()]
np.save(sys.argv[3], module(*inputs).detach().numpy())
assert "undertow" not in sys.modules and "torch._dynamo" not in sys.modules
print(sum(p.requires_grad for p in module.parameters()))
"""


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        tf.set_random_seed(1)
        yield made


def started():
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


def test_a_process_without_undertow_loads_it(tmp_path):
    x = tf.placeholder(tf.float32, [None, 6, 6, 2], name="x")
    h = tf.layers.max_pooling2d(tf.layers.batch_normalization(tf.layers.conv2d(x, 3, 3, name="1x1")), 3, 2, "same")
    h, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(4), tf.reshape(h, [-1, 4, 3]), dtype=tf.float32)
    y = tf.reduce_sum(h * tf.constant(np.arange(80, dtype=np.float32).reshape(20, 4))[:4], 1)
    session = started()
    write_torch(to_torch(y, [x], session), tmp_path / "out")
    assert sorted(os.listdir(tmp_path / "out")) == ["model.py", "model.safetensors"]
    image = np.random.default_rng(0).random((3, 6, 6, 2), dtype=np.float32)
    np.savez(tmp_path / "inputs.npz", image)
    arguments = [tmp_path / "out", tmp_path / "inputs.npz", tmp_path / "found.npy"]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, arguments)], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, "8"), done.stderr
    np.testing.assert_allclose(np.load(tmp_path / "found.npy"), session.run(y, {x: image}), rtol=1e-5, atol=1e-6)


def test_its_source_names_its_inputs_and_outputs_and_only_the_helpers_it_calls(tmp_path):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    write_torch(to_torch(tf.nn.relu(tf.layers.dense(x, 2, name="fc"), name="y"), [x], started()), tmp_path / "out")
    assert (
        (tmp_path / "out" / "model.py").read_text()
        == '''"""Exported from TensorFlow 1 by Undertow.

Model.forward takes 'x:0'; it gives 'y:0'.
load() gives a Model with the weights in model.safetensors.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Module()
        self.fc.kernel = torch.nn.Parameter(torch.empty([3, 2]))
        self.fc.bias = torch.nn.Parameter(torch.empty([2]))

    def forward(self, x):
        fc_MatMul = torch.matmul(x, self.fc.kernel)
        fc_BiasAdd = fc_MatMul + self.fc.bias
        y = torch.relu(fc_BiasAdd)
        return y


def load(weights=Path(__file__).with_name("model.safetensors")):
    """A Model with these weights."""
    model = Model()
    model.load_state_dict(load_file(weights))
    return model
'''
    )


def test_an_op_without_a_plain_spelling_calls_its_kernel(tmp_path):
    x = tf.placeholder(tf.float32, [3, 3], name="x")
    module = to_torch(tf.matrix_inverse(x, name="inverse"), [x], tf.Session())
    assert "inverse = kernel('MatrixInverse', x, adjoint=False)" in module.code
    write_torch(module, tmp_path / "out")
    assert "from undertow.export.leaf import kernel" in (tmp_path / "out" / "model.py").read_text()
    assert torch.equal(module(2 * torch.eye(3)), torch.eye(3) / 2)


def test_what_is_there_is_not_overwritten_and_nothing_half_written_stays(tmp_path, monkeypatch):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    module = to_torch(x + 1.0, [x], tf.Session())
    (tmp_path / "out").mkdir()
    with pytest.raises(tf.errors.AlreadyExistsError, match="there is something of that name already"):
        write_torch(module, tmp_path / "out")
    monkeypatch.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(tf.errors.ResourceExhaustedError):
        write_torch(module, tmp_path / "other")
    assert os.listdir(tmp_path) == ["out"]
