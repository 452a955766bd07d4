"""Matrices of a checkpoint whose rows or columns belong to the entries of a vocabulary that has changed."""

from __future__ import annotations

from ..graph.shape import TensorShape
from .rules import shape_rule


@shape_rule("GenerateVocabRemapping")
def _remapping(new_vocab_file: TensorShape, old_vocab_file: TensorShape, *, num_new_vocab: int) -> list[TensorShape]:
    return [TensorShape([num_new_vocab]), TensorShape([])]


@shape_rule("LoadAndRemapMatrix")
def _matrix(
    ckpt_path: TensorShape,
    old_tensor_name: TensorShape,
    row_remapping: TensorShape,
    col_remapping: TensorShape,
    initializing_values: TensorShape,
    *,
    num_rows: int,
    num_cols: int,
) -> TensorShape:
    return TensorShape([num_rows, num_cols])
