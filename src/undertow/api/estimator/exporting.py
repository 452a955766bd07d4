"""An estimator's model as a SavedModel, in a folder named after the time.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/Estimator#export_saved_model
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from ...graph.graph import Graph
from ...graph.keys import GraphKeys
from ...runtime.session import Session
from .. import file_io
from ..saved_model.builder import SavedModelBuilder
from ..saved_model.constants import EXTRA_ASSETS_DIRECTORY
from ..saved_model.tag_constants import SERVING
from ..train import training_util
from ..train.saver import Saver
from ..train.scaffold import Scaffold
from .export import signature_defs
from .spec import EstimatorSpec, ModeKeys


def served_model(estimator: Any, serving_input_receiver_fn: Callable[[], Any]) -> tuple[Any, EstimatorSpec]:
    """Build the model that predicts in the default graph: its inputs, and what the model function gave."""
    training_util.create_global_step()
    receiver = serving_input_receiver_fn()
    return receiver, estimator._call_model_fn(receiver.features, None, ModeKeys.PREDICT)


def export_saved_model(
    estimator: Any,
    export_dir_base: Any,
    serving_input_receiver_fn: Callable[[], Any] | None,
    assets_extra: dict[str, str] | None,
    as_text: bool,
    checkpoint_path: str | None,
    strip_default_attrs: bool,
) -> bytes:
    """Write the model into a new folder in `export_dir_base`; its path. It has its name once it is whole."""
    if serving_input_receiver_fn is None:
        raise ValueError("An input_receiver_fn must be defined.")
    checkpoint = checkpoint_path or estimator.latest_checkpoint()
    if not checkpoint:
        raise ValueError(f"Couldn't find trained model at {estimator.model_dir}.")
    with Graph().as_default() as graph:
        receiver, spec = served_model(estimator, serving_input_receiver_fn)
        signatures = signature_defs(receiver, spec.export_outputs)
        if not signatures:
            raise ValueError("No signature can be made of the model's export_outputs and the inputs it is served.")
        scaffold = spec.scaffold or Scaffold()
        main_op = scaffold.local_init_op
        if main_op is None:
            main_op = Scaffold.default_local_init_op()
        saver = scaffold.saver or Saver(sharded=True)
        folder, scratch = _new_folder(file_io.local_path(export_dir_base))
        try:
            with Session(graph=graph, config=estimator.config.session_config) as session:
                saver.restore(session, checkpoint)
                builder = SavedModelBuilder(scratch)
                builder.add_meta_graph_and_variables(
                    session,
                    [SERVING],
                    signatures,
                    assets_collection=graph.get_collection(GraphKeys.ASSET_FILEPATHS),
                    main_op=main_op,
                    strip_default_attrs=strip_default_attrs,
                    saver=saver,
                )
                builder.save(as_text)
            for name, source in (assets_extra or {}).items():
                target = os.path.join(scratch, EXTRA_ASSETS_DIRECTORY, name)
                file_io.recursive_create_dir(os.path.dirname(target))
                file_io.copy(source, target)
            file_io.rename(scratch, folder)
        except BaseException:
            if os.path.isdir(scratch):
                file_io.delete_recursively(scratch)
            raise
    return os.fsencode(folder)


def _new_folder(base: str) -> tuple[str, str]:
    """A folder named after the time in seconds that is not there yet, and where to write it until it is whole."""
    file_io.recursive_create_dir(base)
    stamp = int(time.time())
    while os.path.exists(os.path.join(base, str(stamp))) or os.path.exists(os.path.join(base, f"temp-{stamp}")):
        stamp += 1
    return os.path.join(base, str(stamp)), os.path.join(base, f"temp-{stamp}")
