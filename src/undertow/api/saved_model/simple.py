"""`tf.saved_model.simple_save`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model/simple_save
"""

from __future__ import annotations

from typing import Any

from ...graph import stacks
from ...graph.keys import GraphKeys
from ...graph.operation import Tensor
from .builder import SavedModelBuilder
from .signature_constants import DEFAULT_SERVING_SIGNATURE_DEF_KEY
from .signature_def_utils import predict_signature_def
from .tag_constants import SERVING


def simple_save(
    session: Any,
    export_dir: Any,
    inputs: dict[str, Tensor],
    outputs: dict[str, Tensor],
    legacy_init_op: Any = None,
) -> None:
    """Write the default graph and the variables of `session` as a SavedModel that is to be served.

    Its one signature, "serving_default", has these inputs and outputs. Files in the collection ASSET_FILEPATHS are
    taken along.

    Raises:
      AssertionError: the folder is there and not empty.
    """
    builder = SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(
        session,
        tags=[SERVING],
        signature_def_map={DEFAULT_SERVING_SIGNATURE_DEF_KEY: predict_signature_def(inputs, outputs)},
        assets_collection=stacks.get_default_graph().get_collection(GraphKeys.ASSET_FILEPATHS),
        main_op=legacy_init_op,
        clear_devices=True,
    )
    builder.save()
