"""`import tensorflow` and all below it is Undertow's."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys

import pytest

import undertow
from undertow.compat import finder


@pytest.fixture(autouse=True)
def served():
    """Undertow in TensorFlow's place for one test."""
    finder.install()
    yield
    sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, finder.Finder)]
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorflow"]:
        del sys.modules[name]


def load(name):
    return importlib.import_module(name)


def test_tensorflow_has_its_own_name_and_version():
    tf = load("tensorflow")
    assert (tf.__name__, tf.__version__) == ("tensorflow", "1.15.5")
    assert repr(tf) == "<module 'tensorflow' (undertow)>"


def test_a_public_name_is_undertows_object():
    tf = load("tensorflow")
    assert tf.Graph is undertow.Graph
    assert "Graph" in dir(tf)


def test_a_public_submodule_is_the_object_that_the_attribute_is():
    tf = load("tensorflow")
    assert load("tensorflow.errors") is tf.errors is undertow.errors
    assert load("tensorflow.test") is tf.test


def test_the_module_keeps_its_own_spec():
    load("tensorflow.test")
    assert undertow.test.__spec__.name == "undertow.api.test"


def test_the_tutorials_data_is_where_tensorflow_had_it():
    module = load("tensorflow.examples.tutorials.mnist.input_data")
    assert module.read_data_sets.__module__ == "undertow.api.examples.tutorials.mnist.input_data"


def test_tf_compat_is_tensorflows_and_not_our_folder():
    tf = load("tensorflow")
    assert tf.compat.as_bytes("a") == b"a" == load("tensorflow.compat").as_bytes("a")
    assert load("tensorflow.compat.v1").Graph is undertow.Graph


@pytest.mark.parametrize("floor", ["graph", "ops", "kernels", "runtime", "formats", "cli", "api"])
def test_our_floors_are_no_names_of_tensorflows(floor):
    tf = load("tensorflow")
    importlib.import_module(f"undertow.{floor}")
    assert not hasattr(tf, floor)
    assert floor not in dir(tf)


def test_a_star_import_brings_the_public_names():
    names = {}
    exec("from tensorflow import *", names)
    assert names["Graph"] is undertow.Graph


def test_an_unbuilt_name_says_so():
    with pytest.raises(AttributeError, match=r"tf\.no_such_name is not built in Undertow"):
        load("tensorflow").no_such_name
    with pytest.raises(
        ModuleNotFoundError, match=r"No module named 'tensorflow\.no_such': it is not built in Undertow"
    ):
        load("tensorflow.no_such")
    with pytest.raises(ImportError, match="cannot import name 'no_such_name' from 'tensorflow'"):
        exec("from tensorflow import no_such_name")


# tensorflow.python.*


@pytest.mark.parametrize(
    ("module", "name", "public"),
    [
        ("framework.ops", "Graph", "Graph"),
        ("framework.ops", "convert_to_tensor", "convert_to_tensor"),
        ("framework.ops", "GraphKeys", "GraphKeys"),
        ("framework.dtypes", "float32", "float32"),
        ("framework.errors_impl", "NotFoundError", "errors.NotFoundError"),
        ("framework.errors", "InvalidArgumentError", "errors.InvalidArgumentError"),
        ("framework.tensor_shape", "TensorShape", "TensorShape"),
        ("ops.variables", "trainable_variables", "trainable_variables"),
        ("ops.gradients", "gradients", "gradients"),
        ("ops.gradients_impl", "gradients", "gradients"),
        ("ops.gradient_checker", "compute_gradient_error", "test.compute_gradient_error"),
        ("platform.test", "TestCase", "test.TestCase"),
        ("platform.googletest", "main", "test.main"),
        ("client.session", "Session", "Session"),
        ("util.compat", "as_bytes", "compat.as_bytes"),
    ],
)
def test_a_private_path_resolves_to_the_public_name(module, name, public):
    expected = load("tensorflow")
    for part in public.split("."):
        expected = getattr(expected, part)
    assert getattr(load(f"tensorflow.python.{module}"), name) is expected


def test_a_module_wins_over_a_function_of_its_name():
    """`tf.gradients` is a function, `from tensorflow.python.ops import gradients` a module that holds it."""
    gradients = load("tensorflow.python.ops").gradients
    assert gradients.gradients is undertow.gradients


def test_a_generated_module_holds_the_ops_by_their_python_names():
    function = load("tensorflow.python.ops.gen_nn_ops").conv2d_backprop_input
    assert function.__name__ == "Conv2DBackpropInput"


def test_a_private_name_that_is_not_built_says_so():
    with pytest.raises(AttributeError, match=r"tensorflow\.python\.ops\.array_ops\.no_such is not built in Undertow"):
        load("tensorflow.python.ops.array_ops").no_such
    with pytest.raises(ImportError, match="no_such"):
        exec("from tensorflow.python.ops.array_ops import no_such")


@pytest.mark.parametrize("path", ["ops.no_such_ops", "no_such", "ops.array_ops.deeper"])
def test_a_private_path_that_tensorflow_1_15_did_not_have_is_not_there(path):
    with pytest.raises(ModuleNotFoundError):
        load(f"tensorflow.python.{path}")


def test_there_is_no_eager_mode():
    context = load("tensorflow.python.eager.context")
    assert not context.executing_eagerly()
    with context.graph_mode():
        pass
    with pytest.raises(undertow.errors.UnimplementedError, match="Eager execution is not built in Undertow"):
        context.eager_mode()


@pytest.mark.parametrize("name", ["VariableV1", "Variable"])
def test_a_first_version_is_the_public_name(name):
    assert getattr(load("tensorflow.python.ops.variables"), name) is undertow.Variable


def test_an_op_without_a_public_name_is_found_where_its_functions_were():
    assert load("tensorflow.python.ops.nn_ops").nth_element.__name__ == "NthElement"
    assert load("tensorflow.python.ops.nn_ops").gen_nn_ops is load("tensorflow.python.ops.gen_nn_ops")


# tensorflow.core.*


def test_messages_are_tensorboards():
    from tensorboard.compat.proto import config_pb2, event_pb2, graph_pb2

    assert load("tensorflow.core.framework.graph_pb2") is graph_pb2
    assert load("tensorflow.core.protobuf.config_pb2") is config_pb2
    assert load("tensorflow.core.util.event_pb2") is event_pb2


# The order of things.


def test_installing_twice_is_installing_once():
    finder.install()
    assert sum(isinstance(f, finder.Finder) for f in sys.meta_path) == 1


def test_ours_wins_over_an_installed_tensorflow(tmp_path):
    (tmp_path / "tensorflow.py").write_text("__version__ = 'theirs'")
    code = "from undertow import compat; compat.install(); import tensorflow; print(tensorflow.__version__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "1.15.5\n"


def test_a_tensorflow_that_is_already_imported_is_a_clear_error(tmp_path):
    (tmp_path / "tensorflow.py").write_text("")
    code = "import tensorflow; from undertow import compat; compat.install()"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1].startswith("ImportError: TensorFlow itself is already imported")


def test_nothing_is_served_before_install(tmp_path):
    code = "import undertow, undertow.compat, importlib.util; print(importlib.util.find_spec('tensorflow'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "None\n"


def test_tensorboard_does_without_tensorflow(tmp_path):
    code = """if True:
        from undertow import compat; compat.install()
        import sys
        from tensorboard.compat import tf
        print(tf.io.gfile.exists("."), "tensorflow" in sys.modules)"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "True False\n"


def test_a_notebook_is_served_by_its_extension(tmp_path):
    code = "import undertow; undertow.load_ipython_extension(None); import tensorflow; print(tensorflow.__version__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "1.15.5\n"
