"""A cell with attention.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/AttentionWrapper
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable
from typing import Any

from ....graph import dtypes, nest
from ....graph.operation import Operation, Tensor
from ....graph.scopes import control_dependencies, name_scope
from ....graph.shape import TensorShape
from ....ops import array, shaping
from ....ops.check import assert_equal
from ....ops.joining import concat
from ....ops.matmul import matmul
from ....ops.tensor_array import TensorArray
from ...layers.core import Dense
from ...rnn.cells import RNNCell, assert_like_rnncell
from ...rnn.sizes import zero_states
from .mechanisms import AttentionMechanism


class AttentionWrapperState(
    collections.namedtuple(
        "AttentionWrapperState",
        ("cell_state", "attention", "time", "alignments", "alignment_history", "attention_state"),
    )
):
    """The state of the cell, the last attention, the time, and of each mechanism the last alignments, all alignments
    so far (a TensorArray, if they are kept) and its state: by itself, or as tuples if several mechanisms were given.
    """

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """The state with other parts in it, of the same shapes. `ValueError` for those that do not fit."""

        def checked(old: Any, new: Any) -> Any:
            if not isinstance(old, Tensor) or not isinstance(new, Tensor):
                return new
            if not new.shape.is_compatible_with(old.shape):
                wanted = " ".join(str(dim) for dim in old.shape.as_list())
                raise ValueError(f"Invalid shape for tensor {new.name}, expected [{wanted}], got {new.shape}.")
            new.set_shape(old.shape)
            return new

        return nest.map_structure(checked, self, self._replace(**kwargs))


def compute_attention(
    attention_mechanism: Any, cell_output: Tensor, attention_state: Any, attention_layer: Any
) -> tuple[Any, Any, Any]:
    """The attention, the alignments and the mechanism's next state."""
    alignments, next_state = attention_mechanism(cell_output, attention_state)
    context = matmul(shaping.expand_dims(alignments, 1), attention_mechanism.values)
    context = shaping.squeeze(context, [1])
    if attention_layer is None:
        return context, alignments, next_state
    return attention_layer(concat([cell_output, context], 1)), alignments, next_state


class AttentionWrapper(RNNCell):
    """`cell`, whose input is joined with the last attention, and whose output asks the mechanism for the next one.

    The output is the attention, or the cell's if not `output_attention`. The attention is the context, the sum of the
    memory by the alignments; with `attention_layer_size` (or an `attention_layer`) a layer of the cell's output and
    the context. Several mechanisms take lists of these. `cell_input_fn(inputs, attention)` makes the cell's input;
    `attention_fn(mechanism, cell_output, state, layer)` the attention, the alignments and the state.
    `TypeError` or `ValueError` for arguments that do not go together.
    """

    def __init__(
        self, cell: Any, attention_mechanism: Any, attention_layer_size: Any = None, alignment_history: bool = False,
        cell_input_fn: Callable[[Any, Any], Any] | None = None, output_attention: bool = True,
        initial_cell_state: Any = None, name: str | None = None, attention_layer: Any = None,
        attention_fn: Callable[..., Any] | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype)
        assert_like_rnncell("cell", cell)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        mechanisms = tuple(attention_mechanism) if self._is_multi else (attention_mechanism,)
        for mechanism in mechanisms:
            _check_mechanism(mechanism, self._is_multi)
        if cell_input_fn is None:
            cell_input_fn = _joined
        elif not callable(cell_input_fn):
            raise TypeError(f"cell_input_fn must be callable, saw type: {type(cell_input_fn).__name__}")
        if attention_layer_size is not None and attention_layer is not None:
            raise ValueError("Only one of attention_layer_size and attention_layer should be set")
        self._attention_layers: tuple[Any, ...] | None = None
        if attention_layer_size is not None:
            sizes = _one_for_each("attention_layer_size", "integer", attention_layer_size, mechanisms)
            self._attention_layers = tuple(
                Dense(size, name="attention_layer", use_bias=False, dtype=mechanism.dtype)
                for size, mechanism in zip(sizes, mechanisms)
            )
            self._attention_layer_size = sum(sizes)
        elif attention_layer is not None:
            layers = _one_for_each("attention_layer", "layer", attention_layer, mechanisms)
            self._attention_layers = layers
            self._attention_layer_size = sum(
                _last(layer.compute_output_shape([None, _last(mechanism.values.shape) + cell.output_size]))
                for layer, mechanism in zip(layers, mechanisms)
            )
        else:
            self._attention_layer_size = sum(_last(mechanism.values.shape) for mechanism in mechanisms)
        self._cell, self._attention_mechanisms = cell, mechanisms
        self._cell_input_fn, self._attention_fn = cell_input_fn, attention_fn or compute_attention
        self._output_attention, self._alignment_history = output_attention, alignment_history
        with name_scope(name, "AttentionWrapperInit"):
            self._initial_cell_state = None if initial_cell_state is None else self._checked_start(initial_cell_state)

    def _checked_start(self, state: Any) -> Any:
        last = nest.flatten(state)[-1]
        message = (
            f"When constructing AttentionWrapper {self._base_name}: Non-matching batch sizes between the memory "
            "(encoder output) and initial_cell_state.  Are you using the BeamSearchDecoder?  You may need to tile your "
            "initial state via the tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width."
        )
        with control_dependencies(self._batch_size_checks(_batch_of(last), message)):
            return nest.map_structure(lambda s: array.identity(s, name="check_initial_cell_state"), state)

    def _batch_size_checks(self, batch_size: Any, message: str) -> list[Operation]:
        return [assert_equal(batch_size, m.batch_size, message=message) for m in self._attention_mechanisms]

    def _item_or_tuple(self, seq: Iterable[Any]) -> Any:
        """What the mechanisms have, as they were given: one by itself, or all as a tuple."""
        found = tuple(seq)
        return found if self._is_multi else found[0]

    @property
    def output_size(self) -> Any:
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> AttentionWrapperState:
        sizes = [m.alignments_size for m in self._attention_mechanisms]
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=TensorShape([]),
            attention=self._attention_layer_size,
            alignments=self._item_or_tuple(sizes),
            attention_state=self._item_or_tuple(m.state_size for m in self._attention_mechanisms),
            alignment_history=self._item_or_tuple(size if self._alignment_history else () for size in sizes),
        )

    def zero_state(self, batch_size: Any, dtype: Any) -> AttentionWrapperState:
        """The state before the first step, around `initial_cell_state` if there is one."""
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            start = self._initial_cell_state
            if start is None:
                make = getattr(self._cell, "get_initial_state", None)
                start = make(batch_size=batch_size, dtype=dtype) if make else self._cell.zero_state(batch_size, dtype)
            message = (
                f"When calling zero_state of AttentionWrapper {self._base_name}: Non-matching batch sizes between the "
                "memory (encoder output) and the requested batch size.  Are you using the BeamSearchDecoder?  If so, "
                "make sure your encoder output has been tiled to beam_width via tf.contrib.seq2seq.tile_batch, and the "
                "batch_size= argument passed to zero_state is batch_size * beam_width."
            )
            with control_dependencies(self._batch_size_checks(batch_size, message)):
                start = nest.map_structure(lambda s: array.identity(s, name="checked_cell_state"), start)
            mechanisms = self._attention_mechanisms
            alignments = [m.initial_alignments(batch_size, dtype) for m in mechanisms]
            return AttentionWrapperState(
                cell_state=start,
                time=array.zeros([], dtype=dtypes.int32),
                attention=zero_states(self._attention_layer_size, batch_size, dtype),
                alignments=self._item_or_tuple(alignments),
                attention_state=self._item_or_tuple(m.initial_state(batch_size, dtype) for m in mechanisms),
                alignment_history=self._item_or_tuple(
                    TensorArray(dtype, size=0, dynamic_size=True, element_shape=a.shape)
                    if self._alignment_history
                    else ()
                    for a in alignments
                ),
            )

    def call(self, inputs: Any, state: Any) -> tuple[Any, AttentionWrapperState]:
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                f"Expected state to be instance of AttentionWrapperState. Received type {type(state)} instead."
            )
        output, cell_state = self._cell(self._cell_input_fn(inputs, state.attention), state.cell_state)
        message = (
            f"When applying AttentionWrapper {self.name}: Non-matching batch sizes between the memory (encoder output) "
            "and the query (decoder output).  Are you using the BeamSearchDecoder?  You may need to tile your memory "
            "input via the tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width."
        )
        with control_dependencies(self._batch_size_checks(_batch_of(output), message)):
            output = array.identity(output, name="checked_cell_output")
        states, histories = state.attention_state, state.alignment_history
        if not self._is_multi:
            states, histories = [states], [histories]
        found = []
        for i, mechanism in enumerate(self._attention_mechanisms):
            layer = self._attention_layers[i] if self._attention_layers else None
            attention, alignments, next_state = self._attention_fn(mechanism, output, states[i], layer)
            history = histories[i].write(state.time, alignments) if self._alignment_history else ()
            found.append((attention, alignments, next_state, history))
        attentions, alignments, next_states, next_histories = zip(*found)
        attention = concat(list(attentions), 1)
        next_state = AttentionWrapperState(
            time=state.time + 1,
            cell_state=cell_state,
            attention=attention,
            attention_state=self._item_or_tuple(next_states),
            alignments=self._item_or_tuple(alignments),
            alignment_history=self._item_or_tuple(next_histories),
        )
        return (attention if self._output_attention else output), next_state


def _check_mechanism(mechanism: Any, is_multi: bool) -> None:
    if isinstance(mechanism, AttentionMechanism):
        return
    wanted = (
        "contain only instances of AttentionMechanism"
        if is_multi
        else "be an AttentionMechanism or list of multiple AttentionMechanism instances"
    )
    raise TypeError(f"attention_mechanism must {wanted}, saw type: {type(mechanism).__name__}")


def _one_for_each(argument: str, noun: str, given: Any, mechanisms: tuple[Any, ...]) -> tuple[Any, ...]:
    found = tuple(given) if isinstance(given, (list, tuple)) else (given,)
    if len(found) != len(mechanisms):
        raise ValueError(
            f"If provided, {argument} must contain exactly one {noun} per attention_mechanism, saw: {len(found)} vs "
            f"{len(mechanisms)}"
        )
    return found


def _joined(inputs: Any, attention: Any) -> Tensor:
    return concat([inputs, attention], -1)


def _last(shape: Any) -> int:
    return TensorShape(shape).as_list()[-1]  # type: ignore[return-value]


def _batch_of(tensor: Tensor) -> Any:
    """The batch size: a number if it is known, else a tensor."""
    known = None if tensor.shape.ndims is None else tensor.shape.as_list()[0]
    return array.shape(tensor)[0] if known is None else known
