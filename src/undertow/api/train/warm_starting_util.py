"""`tf.train.warm_start`: variables that start from a checkpoint, whose vocabularies may have changed since.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/warm_start
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...graph.keys import GraphKeys
from ...graph.scopes import get_collection
from ...ops import state
from ...ops.node import convert_to_tensor
from .. import logging
from ..partitioned_variables import PartitionedVariable, PartitionInfo
from ..variables import Variable
from .checkpoint_ops import _load_and_remap_matrix_initializer
from .checkpoint_utils import _prefix, init_from_checkpoint


class _VocabInfo(NamedTuple):
    new_vocab: Any
    new_vocab_size: int
    num_oov_buckets: int
    old_vocab: Any
    old_vocab_size: int = -1
    backup_initializer: Any = None
    axis: int = 0


class VocabInfo(_VocabInfo):
    """The vocabulary that rows (`axis` 0) or columns (1) of a variable belong to, now and in the checkpoint.

    `new_vocab` and `old_vocab` are paths of files with an entry a line, of which the first `new_vocab_size` and
    `old_vocab_size` count (-1: all); `backup_initializer` is for entries that the checkpoint lacks and for the
    `num_oov_buckets` after them: zeros if it is None. `ValueError` for another axis.
    """

    __slots__ = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> VocabInfo:
        made = super().__new__(cls, *args, **kwargs)
        if made.axis not in (0, 1):
            raise ValueError(
                f"The only supported values for the axis argument are 0 and 1.  Provided axis: {made.axis}"
            )
        return made


def warm_start(
    ckpt_to_initialize_from: str,
    vars_to_warm_start: Any = ".*",
    var_name_to_vocab_info: Mapping[str, VocabInfo] | None = None,
    var_name_to_prev_var_name: Mapping[str, str] | None = None,
) -> None:
    """Let the initializers of variables give what a checkpoint has for them.

    `vars_to_warm_start`: a regular expression for the names of trainable variables, a list of expressions for those of
    all global variables, a list of variables, or None: only those in `var_name_to_vocab_info`, which tells whose
    vocabulary has changed. `var_name_to_prev_var_name`: names in the checkpoint, where they differ. `ValueError` for
    names in these that are of no variable to be started, and for a list of other things.
    """
    vocabularies = dict(var_name_to_vocab_info or {})
    old_names = dict(var_name_to_prev_var_name or {})
    logging.info("Warm-starting from: %s", ckpt_to_initialize_from)
    plain: dict[str, Any] = {}
    seen: set[str] = set()
    for name, parts in _get_grouped_variables(vars_to_warm_start).items():
        seen.add(name)
        variable = parts[0] if len(parts) == 1 else parts
        vocabulary = vocabularies.get(name)
        if vocabulary is not None:
            _warm_start_var_with_vocab(
                variable,
                current_vocab_path=vocabulary.new_vocab,
                current_vocab_size=vocabulary.new_vocab_size,
                prev_ckpt=ckpt_to_initialize_from,
                prev_vocab_path=vocabulary.old_vocab,
                previous_vocab_size=vocabulary.old_vocab_size,
                current_oov_buckets=vocabulary.num_oov_buckets,
                prev_tensor_name=old_names.get(name),
                initializer=vocabulary.backup_initializer,
                axis=vocabulary.axis,
            )
        elif vars_to_warm_start is not None:
            old_name, variable = _get_var_info(variable, old_names.get(name))
            plain[old_name] = variable
    for what, given in (("var_name_to_prev_var_name", old_names), ("var_name_to_vocab_info", vocabularies)):
        unused = sorted(set(given) - seen)
        if unused:
            raise ValueError(
                f"You provided the following variables in {what} that were not used: {unused}.  Perhaps you misspelled "
                f"them?  Here is the list of viable variable names: {sorted(seen)}"
            )
    if plain:
        init_from_checkpoint(ckpt_to_initialize_from, plain)


def _get_grouped_variables(vars_to_warm_start: Any) -> dict[str, list[Variable]]:
    """The variables to start by their whole names, those in parts with all that were chosen."""
    chosen: list[Variable]
    if vars_to_warm_start is None or isinstance(vars_to_warm_start, str):
        chosen = get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=vars_to_warm_start)
    elif isinstance(vars_to_warm_start, list) and all(isinstance(v, str) for v in vars_to_warm_start):
        chosen = [v for name in vars_to_warm_start for v in get_collection(GraphKeys.GLOBAL_VARIABLES, scope=name)]
    elif isinstance(vars_to_warm_start, list) and all(isinstance(v, Variable) for v in vars_to_warm_start):
        chosen = vars_to_warm_start
    elif isinstance(vars_to_warm_start, list):
        raise ValueError("If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.")
    else:
        raise ValueError("`vars_to_warm_start must be a `list` or `str`.")
    grouped: dict[str, list[Variable]] = {}
    for variable in chosen:
        grouped.setdefault(_infer_var_name([variable]), []).append(variable)
    return grouped


def _parts(var: Any) -> list[Variable]:
    """The parts of a variable; `TypeError` if it is none."""
    if isinstance(var, Variable):
        return [var]
    if isinstance(var, (list, tuple)) and var and all(isinstance(v, Variable) for v in var):
        return list(var)
    if isinstance(var, PartitionedVariable):
        return var._get_variable_list()
    raise TypeError(
        f"var MUST be one of the following: a Variable, list of Variable or PartitionedVariable, but is {type(var)}"
    )


def _infer_var_name(var: Any) -> str:
    """The whole name of a variable that may be in parts; `TypeError` if they are of several."""
    names = {
        (part._get_save_slice_info() and part._get_save_slice_info().full_name) or part.op.name for part in _parts(var)
    }
    if len(names) > 1:
        raise TypeError(
            f"`var` = {var} passed as arg violates the constraints: it is of the variables {sorted(names)}."
        )
    return names.pop()


def _get_var_info(var: Any, prev_tensor_name: str | None = None) -> tuple[str, Any]:
    """A variable's name in the checkpoint, by default its own, and what `init_from_checkpoint` takes for it."""
    parts = _parts(var)
    return prev_tensor_name or _infer_var_name(parts), parts[0] if len(parts) == 1 else parts


def _warm_start_var_with_vocab(
    var: Any,
    current_vocab_path: Any,
    current_vocab_size: int,
    prev_ckpt: str,
    prev_vocab_path: Any,
    previous_vocab_size: int = -1,
    current_oov_buckets: int = 0,
    prev_tensor_name: str | None = None,
    initializer: Any = None,
    axis: int = 0,
) -> None:
    """Let a variable start from the checkpoint's matrix, its rows or columns in the order of the vocabulary of now."""
    if not (current_vocab_path and current_vocab_size and prev_ckpt and prev_vocab_path):
        raise ValueError(
            f"Invalid args: Must provide all of [current_vocab_path, current_vocab_size, prev_ckpt, prev_vocab_path}}: "
            f"{current_vocab_path}, {current_vocab_size}, {prev_ckpt}, {prev_vocab_path}."
        )
    parts = _parts(var)
    old_name = prev_tensor_name or _infer_var_name(parts)
    for part in parts:
        shape: list[Any] = part.get_shape().as_list()
        info = part._get_save_slice_info()
        whole = shape if info is None else list(info.full_shape)
        partition = None if info is None else PartitionInfo(whole, list(info.var_offset))
        if axis == 0:
            sizes = {
                "new_row_vocab_size": current_vocab_size,
                "new_col_vocab_size": shape[1],
                "old_row_vocab_size": previous_vocab_size,
                "old_row_vocab_file": prev_vocab_path,
                "new_row_vocab_file": current_vocab_path,
                "num_row_oov_buckets": current_oov_buckets,
            }
        else:
            sizes = {
                "new_row_vocab_size": whole[0],
                "new_col_vocab_size": current_vocab_size,
                "old_col_vocab_file": prev_vocab_path,
                "new_col_vocab_file": current_vocab_path,
                "num_col_oov_buckets": current_oov_buckets,
            }
        start = _load_and_remap_matrix_initializer(
            ckpt_path=_prefix(os.fspath(prev_ckpt)), old_tensor_name=old_name, initializer=initializer, **sizes
        )
        value = convert_to_tensor(start(shape=shape, partition_info=partition))
        part._initializer_op = state.assign(part, value).op
