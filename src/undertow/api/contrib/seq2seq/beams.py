"""Tensors of many beams: tiled, followed back to their start, gathered.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/tile_batch
"""

from __future__ import annotations

from typing import Any

from ....graph import dtypes, nest
from ....graph.operation import Operation, Tensor
from ....graph.scopes import control_dependencies, name_scope
from ....graph.shape import TensorShape
from ....ops import array, math, reduction, shaping, slicing
from ....ops.beam_search import gather_tree
from ....ops.check import Assert
from ....ops.constant_value import constant_value
from ....ops.gather import gather, gather_nd
from ....ops.joining import concat, stack
from ....ops.node import convert_to_tensor
from ....ops.tensor_array import TensorArray
from ... import logging

_HINT = "Consider setting reorder_tensor_arrays to False to disable TensorArray reordering during the beam search."


def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Each row of the (nested) tensors [batch, …] `multiplier` times: [batch * multiplier, …].

    `ValueError` for scalars and unknown ranks.
    """
    with name_scope(name, "tile_batch", [*nest.flatten(t), multiplier]):
        return nest.map_structure(lambda part: _tiled(part, multiplier), t)


def _tiled(t: Any, multiplier: int) -> Tensor:
    t = convert_to_tensor(t, name="t")
    if not t.shape.ndims:
        raise ValueError("t must have statically known rank")
    shape, known = array.shape(t), t.shape.as_list()
    result = shaping.tile(shaping.expand_dims(t, 1), [1, multiplier] + [1] * (len(known) - 1))
    result = shaping.reshape(result, concat([[shape[0] * multiplier], shape[1:]], 0))
    result.set_shape([None if known[0] is None else known[0] * multiplier, *known[1:]])
    return result


def gather_tree_from_array(t: Any, parent_ids: Any, sequence_length: Any) -> Tensor:
    """What beams held at every step, [time, batch, beam, …] or [time, batch * beam, …], in the order they ended in.

    `parent_ids` is [time, batch, beam], `sequence_length` [batch, beam]: past it a beam is left as it is.
    """
    known = parent_ids.shape.as_list()
    time = array.shape(parent_ids)[0] if known[0] is None else known[0]
    batch = array.shape(parent_ids)[1] if known[1] is None else known[1]
    width = array.shape(parent_ids)[2] if known[2] is None else known[2]
    own = shaping.expand_dims(shaping.expand_dims(reduction.range(width), 0), 0)
    own = shaping.tile(own, [time, batch, 1])
    longest = math.cast(reduction.reduce_max(sequence_length, axis=1), dtypes.int32)
    # No beam has the number that would end it.
    beams = gather_tree(own, parent_ids, longest, width + 1)
    inside = shaping.transpose(array.sequence_mask(sequence_length, maxlen=time), perm=[2, 0, 1])
    beams = slicing.where(inside, beams, own)
    times = shaping.tile(shaping.reshape(reduction.range(time), [-1, 1, 1]), [1, batch, width])
    rows = shaping.tile(shaping.reshape(reduction.range(batch), [-1, 1, 1]), [1, time, width])
    rows = shaping.transpose(rows, perm=[1, 0, 2])
    where = stack([times, rows, beams], -1)
    shape = array.shape(t)
    found = gather_nd(shaping.reshape(t, [time, batch, width, -1]), where)
    found = shaping.reshape(found, shape)
    found.set_shape(t.shape)
    return found


def tensor_gather_helper(
    gather_indices: Tensor, gather_from: Tensor, batch_size: Any, range_size: Any, gather_shape: Any,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """What `gather_indices` [batch, n] tell of the `range_size` elements of each row, as `gather_shape` sees them."""
    with name_scope(name, "tensor_gather_helper"):
        starts = shaping.expand_dims(reduction.range(batch_size) * range_size, 1)
        indices = shaping.reshape(gather_indices + starts, [-1])
        found = gather(shaping.reshape(gather_from, gather_shape), indices)
        shape = array.shape(gather_from)[: 1 + len(gather_shape)]
        result = shaping.reshape(found, shape, name="output")
        batch = constant_value(batch_size) if isinstance(batch_size, Tensor) else batch_size
        known = TensorShape([None if batch is None else int(batch)])
        result.set_shape(known.concatenate(gather_from.shape[1 : 1 + len(gather_shape)]))
        return result


def maybe_tensor_gather_helper(
    gather_indices: Tensor, gather_from: Any, batch_size: Any, range_size: Any, gather_shape: Any
) -> Any:
    """`tensor_gather_helper` of a tensor that has these dimensions; TensorArrays and others are left as they are."""
    if isinstance(gather_from, TensorArray):
        return gather_from
    check_ndims(gather_from)
    if gather_from.shape.ndims < len(gather_shape):
        return gather_from
    return tensor_gather_helper(gather_indices, gather_from, batch_size, range_size, gather_shape)


def check_ndims(t: Any) -> None:
    """`ValueError` unless the rank is known."""
    if t.shape.ndims is None:
        raise ValueError(f"Expected tensor ({t}) to have known rank, but ndims == None.")


# TensorArrays of a cell's state


def sorted_array(t: Any, batch_size: Any, beam_width: int, parent_ids: Tensor, sequence_length: Tensor) -> Any:
    """A TensorArray of one tensor for all beams a step, stacked, and sorted as the beams ended; others as they are."""
    if not isinstance(t, TensorArray):
        return t
    if t.element_shape.ndims is None or t.element_shape.ndims < 1:
        shape = t.element_shape if t.element_shape.ndims is None else t.element_shape.as_list()
        logging.warning(
            "The TensorArray %s in the cell state is not amenable to sorting based on the beam search result. For a "
            "TensorArray to be sorted, its elements shape must be defined and have at least a rank of 1, but saw "
            "shape: %s",
            t.handle.name,
            shape,
        )
        return t
    known = constant_value(batch_size) if isinstance(batch_size, Tensor) else batch_size
    if not check_static_batch_beam(t.element_shape, None if known is None else int(known), beam_width):
        return t
    stacked = t.stack()
    with control_dependencies([check_batch_beam(stacked, batch_size, beam_width)]):
        return gather_tree_from_array(stacked, parent_ids, sequence_length)


def check_static_batch_beam(shape: TensorShape, batch_size: int | None, beam_width: int) -> bool:
    """Whether what is known of an element's shape lets it be [batch, beam, …]; a warning if not.

    As in TensorFlow 1.15 that is never so if the batch and the first two dimensions are known.
    """
    if batch_size is None or shape.ndims is None:
        return True
    first, *others = shape.as_list()
    if first is None:
        return True
    second = others[0] if others else None
    if first == batch_size * beam_width and (second is None or (first == batch_size and second == beam_width)):
        return True
    logging.warning(
        "TensorArray reordering expects elements to be reshapable to %s which is incompatible with the current shape "
        f"%s. {_HINT}",
        TensorShape([batch_size, beam_width, None]),
        shape,
    )
    return False


def check_batch_beam(t: Tensor, batch_size: Any, beam_width: int) -> Operation:
    """An op that fails unless the stacked elements `t` [time, …] can be [time, batch, beam, …]."""
    shape = array.shape(t)
    fits = math.equal(shape[1], batch_size * beam_width)
    if t.shape.ndims is not None and t.shape.ndims > 2:
        split = math.logical_and(math.equal(shape[1], batch_size), math.equal(shape[2], beam_width))
        fits = math.logical_or(fits, split)
    message = (
        "TensorArray reordering expects elements to be reshapable to [batch_size, beam_size, -1] which is incompatible "
        f"with the dynamic shape of {t.name} elements. {_HINT}"
    )
    return Assert(fits, [message])
