"""Kernels are looked for family by family."""

import subprocess
import sys

from undertow.kernels.registry import load


def run(code, *args):
    return subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=True).stdout


def test_a_run_imports_only_the_families_it_uses():
    code = (
        "import sys, undertow as tf\n"
        "x = tf.placeholder(tf.float32, [None, 4])\n"
        "train = tf.train.AdamOptimizer().minimize(tf.reduce_mean(tf.layers.dense(x, 2, activation=tf.nn.relu)))\n"
        "session = tf.Session()\n"
        "session.run(tf.global_variables_initializer())\n"
        "session.run(train, {x: [[1, 2, 3, 4]]})\n"
        "print([m for m in ('PIL', 'google.protobuf', 'undertow.kernels.sparse') if m in sys.modules])"
    )
    assert run(code) == "[]\n"


def test_every_kernel_is_found_by_its_type_alone():
    code = (
        "import sys\n"
        "from undertow.kernels.registry import load\n"
        "for op_type in sys.argv[1:]:\n"
        "    assert op_type in load([op_type]), op_type\n"
        "print('NoSuchOp' in load(['NoSuchOp']), len(load(['Abs'])))"
    )
    types = sorted(load())
    assert run(code, *types) == f"False {len(types)}\n"


def test_an_op_has_a_kernel_in_one_family_only():
    """So that it does not matter which one is imported first."""
    code = (
        "import importlib, pkgutil\n"
        "from undertow import kernels\n"
        "from undertow.kernels.registry import KERNELS\n"
        "for family in pkgutil.iter_modules(kernels.__path__):\n"
        "    before = dict(KERNELS)\n"
        "    importlib.import_module(f'undertow.kernels.{family.name}')\n"
        "    changed = [t for t in before if KERNELS[t] is not before[t]]\n"
        "    assert not changed, (family.name, changed)"
    )
    run(code)
