"""Every name that a namespace lists resolves; every other says that it is not built, and what to use instead."""

import importlib
import pkgutil
import subprocess
import sys
import types

import pytest

import undertow as tf
from undertow.api import names


def namespaces():
    """`tf` and each module under `undertow.api` that gives its names by a table."""
    found = ["undertow"]
    import undertow.api

    for module in pkgutil.walk_packages(undertow.api.__path__, "undertow.api."):
        if hasattr(importlib.import_module(module.name), "_NAMES"):
            found.append(module.name)
    return found


@pytest.mark.parametrize("module", namespaces())
def test_every_name_in_the_table_resolves(module):
    namespace = importlib.import_module(module)
    for name in dir(namespace):
        assert getattr(namespace, name) is not None or name in ("newaxis", "__builtins__"), name


def test_an_unknown_name_says_so_and_what_to_use_instead():
    with pytest.raises(AttributeError, match=r"tf\.mul is not built in Undertow\. Use tf\.multiply\."):
        tf.mul
    with pytest.raises(AttributeError, match=r"tf\.nn\.reluu is not built in Undertow\. Did you mean tf\.nn\.relu"):
        tf.nn.reluu
    assert not hasattr(tf, "enable_eager_execution")


@pytest.mark.parametrize("instead", sorted({n for n in names.INSTEAD.values() if n.startswith("tf.")}))
def test_what_is_named_instead_is_there(instead):
    found = tf
    for part in instead.split(".")[1:]:
        found = getattr(found, part)
    assert callable(found) or isinstance(found, types.ModuleType)


def test_importing_it_imports_no_torch_and_little_else():
    code = "import sys, undertow; print(sorted(m for m in ('torch', 'numpy', 'google.protobuf') if m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_building_a_graph_imports_no_torch():
    code = (
        "import sys, undertow as tf\n"
        "x = tf.placeholder(tf.float32, [None, 4])\n"
        "loss = tf.reduce_mean(tf.layers.dense(x, 2))\n"
        "tf.train.AdamOptimizer().minimize(loss)\n"
        "tf.Session()\n"
        "print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
