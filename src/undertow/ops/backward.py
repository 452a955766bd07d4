"""The nodes of backward passes that TensorFlow writes into a training graph; here only imported graphs have them.

`kernels/backward.py` says how each is done. Those of array ops are in `array_gradients.py`.
"""

from __future__ import annotations

from typing import Any

from ..graph.shape import TensorShape
from . import rules
from .pool import _pooled
from .rules import shape_rule


@shape_rule("BiasAddGrad")
def _(grad: TensorShape, *, data_format: str) -> TensorShape:
    if grad._dims is None:
        return TensorShape([None])
    return TensorShape.of((grad._dims[1 if data_format == "NCHW" and len(grad._dims) > 2 else -1],))


@shape_rule("FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3")
def _(grad: TensorShape, x: TensorShape, scale: TensorShape, *_: TensorShape) -> list[TensorShape]:
    empty = TensorShape.of((0,))
    return [rules.merged(grad, x), scale, scale, empty, empty]


@shape_rule("BatchNormWithGlobalNormalization")
def _(t: TensorShape, *vectors: TensorShape) -> TensorShape:
    return rules.with_dim(t, 3, rules.with_rank(rules.merged(*vectors), 1)[0]) if t._dims else t


@shape_rule("BatchNormWithGlobalNormalizationGrad")
def _(t: TensorShape, m: TensorShape, v: TensorShape, gamma: TensorShape, grad: TensorShape) -> list[TensorShape]:
    return [rules.merged(t, grad), *[rules.merged(m, v, gamma)] * 4]


# Of the shape of the op's input, which each takes at another place.

shape_rule("LRNGrad", "MaxPoolGrad", "MaxPoolGradV2", "MaxPool3DGrad", "MaxPoolGradWithArgmax")(rules.unchanged)
shape_rule("Dilation2DBackpropInput")(rules.unchanged)


@shape_rule("ResizeBilinearGrad", "ResizeBicubicGrad", "Dilation2DBackpropFilter")
def _(first: TensorShape, second: TensorShape, *_: TensorShape) -> TensorShape:
    return second


@shape_rule("MaxPoolGradGrad", "MaxPoolGradGradV2", "MaxPool3DGradGrad")
def _(orig_input: TensorShape, orig_output: TensorShape, *_: TensorShape) -> TensorShape:
    return orig_output


@shape_rule("CropAndResizeGradBoxes")
def _(grads: TensorShape, image: TensorShape, boxes: TensorShape, box_ind: TensorShape) -> TensorShape:
    return boxes


@shape_rule("CropAndResizeGradImage", shapes=["image_size"])
def _(grads: TensorShape, boxes: TensorShape, box_ind: TensorShape, image_size: TensorShape) -> TensorShape:
    return image_size


@shape_rule("AvgPoolGrad", "AvgPool3DGrad", shapes=["orig_input_shape"])
def _(orig_input_shape: TensorShape, grad: TensorShape) -> TensorShape:
    return orig_input_shape


@shape_rule("ResizeNearestNeighborGrad", shapes=["size"])
def _(grads: TensorShape, size: TensorShape) -> TensorShape:
    batch, _, _, channels = rules.with_rank(grads, 4)
    return TensorShape.of((batch, *rules.with_rank(size, 2), channels))


@shape_rule("MirrorPadGrad", values=["paddings"])
def _(grad: TensorShape, paddings: Any) -> TensorShape:
    if grad._dims is None or paddings is None:
        return TensorShape(None if grad._dims is None else [None] * len(grad._dims))
    sizes = zip(grad._dims, paddings.sum(1).tolist())
    return TensorShape([None if size is None else size - both for size, both in sizes])


@shape_rule("MaxPoolV2", values=["ksize", "strides"])
def _(value: TensorShape, ksize: Any, strides: Any, *, padding: str, data_format: str) -> TensorShape:
    if ksize is None or strides is None:
        return TensorShape([None] * 4)
    return _pooled(value, ksize.tolist(), strides.tolist(), padding, data_format)


@shape_rule("TensorArrayGradV3")
def _(handle: TensorShape, flow_in: TensorShape) -> list[TensorShape]:
    return [TensorShape.of((2,)), TensorShape.of(())]


@shape_rule("SparseAddGrad")
def _(grad: TensorShape, a: TensorShape, b: TensorShape, total: TensorShape) -> list[TensorShape]:
    return [a.with_rank(2)[:1], b.with_rank(2)[:1]]


@shape_rule("SparseSliceGrad")
def _(grad: TensorShape, indices: TensorShape, start: TensorShape, sliced: TensorShape) -> TensorShape:
    return indices.with_rank(2)[:1]


@shape_rule("RandomGammaGrad", "IgammaGradA")
def _(first: TensorShape, second: TensorShape) -> TensorShape:
    return rules.broadcast(first, second)


@shape_rule("SparseSegmentSumGradV2", "SparseSegmentMeanGradV2", "SparseSegmentSqrtNGradV2")
def _(grad: TensorShape, indices: TensorShape, ids: TensorShape, dim0: TensorShape) -> list[TensorShape]:
    rest = TensorShape(None) if grad.ndims is None else grad[1:]
    return [TensorShape([None]).concatenate(rest), TensorShape([None])]
