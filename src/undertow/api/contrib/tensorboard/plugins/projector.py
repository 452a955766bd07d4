"""`tf.contrib.tensorboard.plugins.projector`: which variables TensorBoard's projector shows.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/tensorboard/plugins/projector
"""

from __future__ import annotations

import os
from typing import Any

from google.protobuf import text_format
from tensorboard.plugins.projector.projector_config_pb2 import EmbeddingInfo as EmbeddingInfo
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig as ProjectorConfig
from tensorboard.plugins.projector.projector_config_pb2 import SpriteMetadata as SpriteMetadata

from .....formats.whole import write_whole

_FILE = "projector_config.pbtxt"


def visualize_embeddings(summary_writer: Any, config: ProjectorConfig) -> None:
    """Write `config` where TensorBoard looks for it: in the folder of `summary_writer`, or in the folder of that name.

    Raises:
      ValueError: `summary_writer` is neither a FileWriter nor a path.
    """
    folder = summary_writer.get_logdir() if hasattr(summary_writer, "get_logdir") else summary_writer
    if not isinstance(folder, (str, os.PathLike)):
        raise ValueError(f"visualize_embeddings wants a FileWriter or a folder, given: {summary_writer!r}")
    os.makedirs(folder, exist_ok=True)
    write_whole(os.path.join(folder, _FILE), text_format.MessageToString(config).encode())
