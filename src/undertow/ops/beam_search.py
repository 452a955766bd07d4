"""Beam search: the op that follows beams back to their start. `kernels/beam_search.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/gather_tree
"""

from __future__ import annotations

from typing import Any

from ..graph.shape import TensorShape
from . import rules
from .raw import from_table
from .rules import shape_rule

# Public name -> type, where the registry's signature is the public one.
PLAIN = {"gather_tree": "GatherTree"}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


@shape_rule("GatherTree")
def _(
    step_ids: TensorShape, parent_ids: TensorShape, max_sequence_lengths: TensorShape, end_token: TensorShape
) -> TensorShape:
    for shape in (step_ids, parent_ids):
        rules.with_rank(shape, 3)
    (batch,) = rules.with_rank(max_sequence_lengths, 1)
    rules.with_rank(end_token, 0)
    time, found, beams = rules.with_rank(rules.merged(step_ids, parent_ids), 3)
    return TensorShape.of((time, rules.same_dim(found, batch), beams))
