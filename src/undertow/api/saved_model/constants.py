"""`tf.saved_model.constants`: the names of a SavedModel's files and collections.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model/constants
"""

from __future__ import annotations

from ...formats import saved_model as _files
from ...formats.saved_model import ASSETS_DIRECTORY as ASSETS_DIRECTORY
from ...formats.saved_model import EXTRA_ASSETS_DIRECTORY as EXTRA_ASSETS_DIRECTORY
from ...formats.saved_model import VARIABLES_DIRECTORY as VARIABLES_DIRECTORY
from ...formats.saved_model import VARIABLES_FILENAME as VARIABLES_FILENAME

SAVED_MODEL_SCHEMA_VERSION = _files.SCHEMA_VERSION
SAVED_MODEL_FILENAME_PB = _files.FILENAME_PB
SAVED_MODEL_FILENAME_PBTXT = _files.FILENAME_PBTXT

ASSETS_KEY = "saved_model_assets"
LEGACY_INIT_OP_KEY = "legacy_init_op"
MAIN_OP_KEY = "saved_model_main_op"
TRAIN_OP_KEY = "saved_model_train_op"
# Where 2.x's writers put the main op and the train op: in signatures of these names.
INIT_OP_SIGNATURE_KEY = "__saved_model_init_op"
TRAIN_OP_SIGNATURE_KEY = "__saved_model_train_op"
