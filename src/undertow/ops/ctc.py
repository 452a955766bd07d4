"""Connectionist temporal classification: what each op is. `kernels/ctc.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/ctc_loss
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import rules
from .node import convert_to_tensor, node
from .rules import shape_rule
from .shaping import transpose
from .sparse_tensor import SparseTensor, SparseTensorValue
from .spelling import either


def ctc_loss(
    labels: Any, inputs: Any = None, sequence_length: Any = None, preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True, ignore_longer_outputs_than_inputs: bool = False, time_major: bool = True,
    logits: Any = None,
) -> Tensor:  # fmt: skip
    """The loss [batch] of label sequences (sparse, int32 [batch, length]) and logits [time, batch, classes].

    The last class is the blank. `sequence_length` [batch] tells how many steps of each are used; without `time_major`
    the logits are [batch, time, classes]. `TypeError` if `labels` are not sparse.
    """
    if not isinstance(labels, (SparseTensor, SparseTensorValue)):
        raise TypeError("Expected labels (first argument) to be a SparseTensor")
    logits = convert_to_tensor(either("logits", logits, "inputs", inputs))
    if not time_major:
        logits = transpose(logits, [1, 0, 2])
    found = node(
        "CTCLoss", logits, labels.indices, labels.values, sequence_length,
        preprocess_collapse_repeated=preprocess_collapse_repeated, ctc_merge_repeated=ctc_merge_repeated,
        ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs,
    )  # fmt: skip
    return found.loss


@shape_rule("CTCLoss")
def _(
    inputs: TensorShape, labels_indices: TensorShape, labels_values: TensorShape, sequence_length: TensorShape
) -> list[TensorShape]:
    batch = rules.same_dim(rules.with_rank(inputs, 3)[1], rules.with_rank(sequence_length, 1)[0])
    rules.same_dim(rules.with_rank(labels_indices, 2)[0], rules.with_rank(labels_values, 1)[0])
    return [TensorShape.of((batch,)), inputs]


def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True
) -> tuple[list[SparseTensor], Tensor]:
    """The likeliest class of each step, without blanks (and repeats): ([sparse labels], minus the sum of the logits).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/ctc_greedy_decoder
    """
    found = node("CTCGreedyDecoder", inputs, sequence_length, merge_repeated=merge_repeated)
    return [SparseTensor(found.decoded_indices, found.decoded_values, found.decoded_shape)], found.log_probability


def ctc_beam_search_decoder(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1, merge_repeated: bool = True
) -> tuple[list[SparseTensor], Tensor]:
    """The `top_paths` likeliest label sequences that a search with `beam_width` beams finds, and their log likelihoods.

    With `merge_repeated` equal labels that follow each other come out as one.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/ctc_beam_search_decoder
    """
    found = node(
        "CTCBeamSearchDecoder", inputs, sequence_length, beam_width=beam_width, top_paths=top_paths,
        merge_repeated=merge_repeated,
    )  # fmt: skip
    parts = zip(found.decoded_indices, found.decoded_values, found.decoded_shape)
    return [SparseTensor(*part) for part in parts], found.log_probability


def _decoded(paths: int) -> list[TensorShape]:
    each = [TensorShape.of((None, 2)), TensorShape.of((None,)), TensorShape.of((2,))]
    return [shape for shape in each for _ in range(paths)]


@shape_rule("CTCGreedyDecoder")
def _(inputs: TensorShape, sequence_length: TensorShape) -> list[TensorShape]:
    batch = rules.same_dim(rules.with_rank(inputs, 3)[1], rules.with_rank(sequence_length, 1)[0])
    return [*_decoded(1), TensorShape.of((batch, 1))]


@shape_rule("CTCBeamSearchDecoder")
def _(inputs: TensorShape, sequence_length: TensorShape, *, top_paths: int) -> list[TensorShape]:
    batch = rules.same_dim(rules.with_rank(inputs, 3)[1], rules.with_rank(sequence_length, 1)[0])
    return [*_decoded(top_paths), TensorShape.of((batch, top_paths))]
