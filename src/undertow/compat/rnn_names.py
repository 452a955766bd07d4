"""The private names of TensorFlow 1's recurrent networks that programs and its own tests reach for."""

from __future__ import annotations

from typing import Any

from undertow.api.contrib.rnn.linear import Linear
from undertow.api.contrib.rnn.linear import sharded as _get_concat_variable  # noqa: F401
from undertow.api.rnn.dynamic import transpose_batch_time as _transpose_batch_time  # noqa: F401
from undertow.api.rnn.sizes import batch_size_of as _best_effort_input_batch_size  # noqa: F401
from undertow.api.rnn.sizes import dtype_of_state as _infer_state_dtype  # noqa: F401
from undertow.api.rnn.sizes import joined, static_joined
from undertow.api.rnn.sizes import zero_states as _zero_state_tensors  # noqa: F401
from undertow.api.rnn.static import turned as _reverse_seq  # noqa: F401
from undertow.api.rnn.step import Ends, rnn_step
from undertow.ops.recurrent import block_lstm as _block_lstm  # noqa: F401
from undertow.ops.recurrent import lstm_block_cell as _lstm_block_cell  # noqa: F401

ASSERT_LIKE_RNNCELL_ERROR_REGEXP = "is not an RNNCell"
_WEIGHTS_VARIABLE_NAME = "kernel"
_BIAS_VARIABLE_NAME = "bias"


class _Linear(Linear):
    def __init__(
        self,
        args: Any,
        output_size: int,
        build_bias: bool,
        bias_initializer: Any = None,
        kernel_initializer: Any = None,
    ) -> None:
        told = {} if bias_initializer is None else {"bias_initializer": bias_initializer}
        super().__init__(args, output_size, build_bias, kernel_initializer=kernel_initializer, **told)


def _linear(
    args: Any, output_size: int, bias: bool, bias_initializer: Any = None, kernel_initializer: Any = None
) -> Any:
    return _Linear(args, output_size, bias, bias_initializer, kernel_initializer)(args)


def _concat(prefix: Any, suffix: Any, static: bool = False) -> Any:
    return static_joined(prefix, suffix).as_list() if static else joined(prefix, suffix)


def _rnn_step(
    time: Any, sequence_length: Any, min_sequence_length: Any, max_sequence_length: Any, zero_output: Any, state: Any,
    call_cell: Any, state_size: Any, skip_conditionals: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    ends = Ends(sequence_length, min_sequence_length, max_sequence_length)
    return rnn_step(time, ends, zero_output, state, call_cell, skip_conditionals)
