"""The names of 1.15.5's `tf.saved_model`, its namespaces and private modules, each where a program finds it there."""

import subprocess
import sys

import pytest

import undertow as tf

CONSTANTS = (
    "ASSETS_DIRECTORY ASSETS_KEY LEGACY_INIT_OP_KEY MAIN_OP_KEY SAVED_MODEL_FILENAME_PB SAVED_MODEL_FILENAME_PBTXT "
    "SAVED_MODEL_SCHEMA_VERSION VARIABLES_DIRECTORY VARIABLES_FILENAME"
).split()
SIGNATURES = (
    "CLASSIFY_INPUTS CLASSIFY_METHOD_NAME CLASSIFY_OUTPUT_CLASSES CLASSIFY_OUTPUT_SCORES "
    "DEFAULT_SERVING_SIGNATURE_DEF_KEY PREDICT_INPUTS PREDICT_METHOD_NAME PREDICT_OUTPUTS REGRESS_INPUTS "
    "REGRESS_METHOD_NAME REGRESS_OUTPUTS"
).split()
NAMESPACES = {
    "builder": ["SavedModelBuilder"],
    "constants": CONSTANTS,
    "loader": ["load", "maybe_saved_model_directory"],
    "main_op": ["main_op", "main_op_with_restore"],
    "signature_constants": SIGNATURES,
    "signature_def_utils": [
        "build_signature_def",
        "classification_signature_def",
        "is_valid_signature",
        "predict_signature_def",
        "regression_signature_def",
    ],
    "tag_constants": ["GPU", "SERVING", "TPU", "TRAINING"],
    "utils": ["build_tensor_info", "get_tensor_from_tensor_info"],
}


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_namespace_has_its_names_and_most_are_one_floor_up_too(namespace):
    for name in NAMESPACES[namespace]:
        value = getattr(getattr(tf.saved_model, namespace), name)
        if name not in ("SavedModelBuilder", "main_op"):  # the one is `Builder` there, the other the namespace
            assert getattr(tf.saved_model, name) is value


def test_builder_simple_save_and_contains_saved_model_are_at_the_top():
    assert tf.saved_model.Builder is tf.saved_model.builder.SavedModelBuilder
    assert callable(tf.saved_model.simple_save)
    assert callable(tf.saved_model.contains_saved_model)


def test_the_private_modules_have_them_too():
    imports = """
from tensorflow.python.saved_model.builder_impl import SavedModelBuilder
from tensorflow.python.saved_model.loader_impl import SavedModelLoader, parse_saved_model, maybe_saved_model_directory
from tensorflow.python.saved_model.signature_def_utils_impl import op_signature_def, predict_signature_def
from tensorflow.python.saved_model.utils_impl import build_tensor_info, get_tensor_from_tensor_info
from tensorflow.python.saved_model.simple_save import simple_save
from tensorflow.python.saved_model.main_op_impl import main_op
from tensorflow.python.saved_model import builder, loader, signature_constants, tag_constants, utils
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow.core.protobuf.meta_graph_pb2 import AssetFileDef, SignatureDef
print(builder.SavedModelBuilder is SavedModelBuilder, tag_constants.SERVING, SavedModel().saved_model_schema_version)
"""
    done = subprocess.run([sys.executable, "-m", "undertow", "run", "-c", imports], capture_output=True, text=True)
    assert done.stdout == "True serve 0\n", done.stderr
