"""`tf.contrib.layers`' layers.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/layers/flatten
"""

from __future__ import annotations

from typing import Any

from ....graph import stacks
from ....graph.operation import Tensor
from ....graph.scopes import add_to_collections, name_scope
from ....ops.array import shape
from ....ops.constant import constant
from ....ops.node import convert_to_tensor, node


def flatten(inputs: Any, outputs_collections: Any = None, scope: str | None = None) -> Tensor:
    """`inputs` [batch, …] as [batch, k]: each example's elements in one row; a scalar per example is a row of one.

    The result goes into `outputs_collections` too. `ValueError` for a scalar.
    """
    with name_scope(scope, "Flatten", [inputs]) as full_name:
        inputs = convert_to_tensor(inputs)
        dims = inputs.shape._dims
        if dims == ():
            raise ValueError(f"Flatten wants a batch, got a scalar: {inputs}")
        if dims is not None and len(dims) == 1:
            output = node("ExpandDims", inputs, -1)
        else:
            output = node("Reshape", inputs, _flat_shape(inputs))
            if dims is not None:
                output.set_shape([dims[0], output.shape.as_list()[1]])
        if outputs_collections:
            output.aliases = [*getattr(output, "aliases", []), full_name.rstrip("/")]
            add_to_collections(outputs_collections, output)
        return output


def _flat_shape(inputs: Tensor) -> Any:
    dims = inputs.shape._dims
    if dims is not None and None not in dims[1:]:
        if dims[0] is None:
            stacks.get_default_graph().leave_out(6)  # the same shape, worked out from the batch's
        return constant([-1, inputs.shape[1:].num_elements()])
    if dims is not None and dims[0] is not None:
        return constant([dims[0], -1])
    return [shape(inputs)[0], -1]
