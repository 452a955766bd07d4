"""`tf.saved_model`: a model in a folder, with its graph, its variables, its files and what it takes and gives.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model
"""

from ..names import lazy as _lazy

_NAMES = {
    "api.saved_model.builder": "Builder=SavedModelBuilder builder=",
    "api.saved_model.constants": (
        "ASSETS_DIRECTORY ASSETS_KEY LEGACY_INIT_OP_KEY MAIN_OP_KEY SAVED_MODEL_FILENAME_PB SAVED_MODEL_FILENAME_PBTXT "
        "SAVED_MODEL_SCHEMA_VERSION VARIABLES_DIRECTORY VARIABLES_FILENAME constants="
    ),
    "api.saved_model.loader": "contains_saved_model load loader= maybe_saved_model_directory",
    "api.saved_model.main_op": "main_op= main_op_with_restore",
    "api.saved_model.signature_constants": (
        "CLASSIFY_INPUTS CLASSIFY_METHOD_NAME CLASSIFY_OUTPUT_CLASSES CLASSIFY_OUTPUT_SCORES "
        "DEFAULT_SERVING_SIGNATURE_DEF_KEY PREDICT_INPUTS PREDICT_METHOD_NAME PREDICT_OUTPUTS REGRESS_INPUTS "
        "REGRESS_METHOD_NAME REGRESS_OUTPUTS signature_constants="
    ),
    "api.saved_model.signature_def_utils": (
        "build_signature_def classification_signature_def is_valid_signature predict_signature_def "
        "regression_signature_def signature_def_utils="
    ),
    "api.saved_model.simple": "simple_save",
    "api.saved_model.tag_constants": "GPU SERVING TPU TRAINING tag_constants=",
    "api.saved_model.utils": "build_tensor_info get_tensor_from_tensor_info utils=",
}

__getattr__, __dir__ = _lazy(__name__, "tf.saved_model", _NAMES)
del _lazy
