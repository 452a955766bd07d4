"""`tf.contrib.layers`' encoders of sequences.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/layers/embed_sequence
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops import shaping
from ....ops.embedding import embedding_lookup
from ....ops.sorting import unique as unique_ids
from ...variable_scope import variable_scope


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Tensor:
    """The rows for `ids` [batch, length], int, of a variable `embeddings` [vocab_size, embed_dim]: one dimension more.

    `unique` looks up each id once. The variable is in a scope "EmbedSequence", and may be reused.

    Raises:
      ValueError: the sizes are not told, and no variable is reused.
    """
    if not reuse and (vocab_size is None or embed_dim is None):
        raise ValueError("Must specify vocab size and embedding dimension when not reusing. Got vocab_size="
                         f"{vocab_size} and embed_dim={embed_dim}")  # fmt: skip
    from ..framework import model_variable  # tf_slim's, so only when it is needed

    with variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = None if vocab_size is None or embed_dim is None else [vocab_size, embed_dim]
        embeddings = model_variable(
            "embeddings", shape=shape, initializer=initializer, regularizer=regularizer, trainable=trainable
        )
        if not unique:
            return embedding_lookup(embeddings, ids)
        each, places = unique_ids(shaping.reshape(ids, [-1]))
        rows = embedding_lookup(embedding_lookup(embeddings, each), places)
        rows = shaping.reshape(rows, [*_sizes(ids), embeddings.shape.as_list()[1]])
        return rows


def _sizes(ids: Any) -> list[Any]:
    from ....ops.array import shape

    dynamic = shape(ids)
    return [dynamic[i] if size is None else size for i, size in enumerate(ids.shape.as_list())]
