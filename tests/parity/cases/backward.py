"""The nodes of backward passes, which programs have from imported graphs and some call by hand."""

import numpy as np
from harness import case


def image(*shape, seed=0):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(np.float32)


@case(rtol=1e-4)
def batch_norms(tf):
    x, dy = tf.constant(image(2, 3, 4, 5)), tf.constant(image(2, 3, 4, 5, seed=1))
    scale, offset = tf.constant(image(5, seed=2)), tf.constant(image(5, seed=3))
    mean, variance = tf.constant(image(5, seed=4)), tf.constant(image(5, seed=5) ** 2 + 0.5)
    found = {}
    for training in (True, False):
        given = ([], []) if training else (mean, variance)
        y = tf.raw_ops.FusedBatchNormV3(
            x=x, scale=scale, offset=offset, mean=given[0], variance=given[1], is_training=training, epsilon=0.01
        )
        for name, op, more in [
            ("v3", tf.raw_ops.FusedBatchNormGradV3, {"reserve_space_3": y.reserve_space_3}),
            ("v1", tf.raw_ops.FusedBatchNormGrad, {}),
        ]:
            kept = (y.reserve_space_1, y.reserve_space_2) if training else (mean, variance)
            grads = op(
                y_backprop=dy, x=x, scale=scale, reserve_space_1=kept[0], reserve_space_2=kept[1],
                is_training=training, epsilon=0.01, **more,
            )  # fmt: skip
            found[f"{name}_{training}"] = list(grads[:3])
    return found


@case
def biases(tf):
    dy = tf.constant(image(2, 3, 4, 5))
    return {
        "last": tf.raw_ops.BiasAddGrad(out_backprop=dy),
        "matrix": tf.raw_ops.BiasAddGrad(out_backprop=dy[0, 0]),
        "first": tf.raw_ops.BiasAddGrad(out_backprop=dy, data_format="NCHW"),
    }


@case(rtol=1e-4)
def normalization_across_channels(tf):
    x, dy = tf.constant(image(2, 3, 4, 7)), tf.constant(image(2, 3, 4, 7, seed=1))
    y = tf.nn.lrn(x, 2, 1.0, 0.5, 0.75)
    return tf.raw_ops.LRNGrad(
        input_grads=dy, input_image=x, output_image=y, depth_radius=2, bias=1.0, alpha=0.5, beta=0.75
    )


@case
def pools(tf):
    x = tf.constant(image(2, 6, 5, 3))
    ksize, strides = [1, 3, 2, 1], [1, 2, 2, 1]
    found = {}
    for padding in ("SAME", "VALID"):
        y = tf.raw_ops.MaxPoolV2(input=x, ksize=ksize, strides=strides, padding=padding)
        dy = y * 2.0 + 1.0
        found[padding] = {
            "y": y,
            "dx": tf.raw_ops.MaxPoolGradV2(
                orig_input=x, orig_output=y, grad=dy, ksize=ksize, strides=strides, padding=padding
            ),
            "dx_1": tf.raw_ops.MaxPoolGrad(
                orig_input=x, orig_output=y, grad=dy, ksize=ksize, strides=strides, padding=padding
            ),
            "ddy": tf.raw_ops.MaxPoolGradGrad(
                orig_input=x, orig_output=y, grad=x * x, ksize=ksize, strides=strides, padding=padding
            ),
            "ddy_v2": tf.raw_ops.MaxPoolGradGradV2(
                orig_input=x, orig_output=y, grad=x * x, ksize=ksize, strides=strides, padding=padding
            ),
        }
        _, argmax = tf.nn.max_pool_with_argmax(x, ksize, strides, padding)
        found[padding]["argmax"] = tf.raw_ops.MaxPoolGradWithArgmax(
            input=x, grad=dy, argmax=argmax, ksize=ksize, strides=strides, padding=padding
        )
    return found


@case
def volumes(tf):
    x = tf.constant(image(2, 4, 4, 4, 2))
    attrs = {"ksize": [1, 2, 2, 2, 1], "strides": [1, 2, 1, 2, 1], "padding": "SAME"}
    y = tf.nn.max_pool3d(x, attrs["ksize"], attrs["strides"], "SAME")
    return {
        "dx": tf.raw_ops.MaxPool3DGrad(orig_input=x, orig_output=y, grad=y * 2.0, **attrs),
        "ddy": tf.raw_ops.MaxPool3DGradGrad(orig_input=x, orig_output=y, grad=x * x, **attrs),
    }


@case
def resizes(tf):
    x, dy = tf.constant(image(2, 4, 5, 3)), tf.constant(image(2, 7, 3, 3, seed=1))
    found = {}
    for corners, centers in ((False, False), (True, False), (False, True)):
        attrs = {"align_corners": corners, "half_pixel_centers": centers}
        found[f"{corners}_{centers}"] = {
            "bilinear": tf.raw_ops.ResizeBilinearGrad(grads=dy, original_image=x, **attrs),
            "bicubic": tf.raw_ops.ResizeBicubicGrad(grads=dy, original_image=x, **attrs),
            "nearest": tf.raw_ops.ResizeNearestNeighborGrad(grads=dy, size=[4, 5], **attrs),
        }
    return found


@case
def crops(tf):
    x, dy = tf.constant(image(2, 6, 5, 3)), tf.constant(image(3, 4, 3, 3, seed=1))
    boxes = tf.constant([[0.1, 0.2, 0.8, 0.9], [0.0, 0.0, 1.0, 1.0], [0.9, 0.3, 0.2, 1.1]])
    which = tf.constant([0, 1, 0])
    return {
        "image": tf.raw_ops.CropAndResizeGradImage(
            grads=dy, boxes=boxes, box_ind=which, image_size=[2, 6, 5, 3], T=tf.float32
        ),
        "boxes": tf.raw_ops.CropAndResizeGradBoxes(grads=dy, image=x, boxes=boxes, box_ind=which),
    }


@case
def dilations_and_mirrors(tf):
    x, f = tf.constant(image(2, 6, 5, 3)), tf.constant(image(2, 3, 3, seed=1))
    attrs = {"strides": [1, 1, 2, 1], "rates": [1, 2, 1, 1], "padding": "SAME"}
    y = tf.raw_ops.Dilation2D(input=x, filter=f, **attrs)
    paddings = tf.constant([[0, 0], [2, 1], [1, 3], [0, 0]])
    return {
        "input": tf.raw_ops.Dilation2DBackpropInput(input=x, filter=f, out_backprop=y, **attrs),
        "filter": tf.raw_ops.Dilation2DBackpropFilter(input=x, filter=f, out_backprop=y, **attrs),
        "reflect": tf.raw_ops.MirrorPadGrad(input=tf.pad(x, paddings) + 1.0, paddings=paddings, mode="REFLECT"),
        "symmetric": tf.raw_ops.MirrorPadGrad(input=tf.pad(x, paddings) + 1.0, paddings=paddings, mode="SYMMETRIC"),
    }


@case
def arrays_of_gradients(tf):
    array = tf.TensorArray(tf.float32, 3, clear_after_read=True, infer_shape=False)
    array = array.write(0, [1.0, 2.0]).write(2, [3.0])
    read = array.read(2)
    grad = array.grad("once", flow=array.flow)
    same = array.grad("once", flow=array.flow)
    with tf.control_dependencies([read]):
        written = grad.write(0, [10.0, 20.0]).write(0, [1.0, 1.0])
    return {"summed": written.read(0), "zeros": same.read(2), "size": same.size()}


@case(rtol=1e-4)
def gammas(tf):
    a, x = tf.constant([0.01, 0.5, 1.0, 2.5, 7.0, 80.0]), tf.constant([0.001, 0.1, 1.0, 3.0, 6.0, 90.0])
    wide = tf.cast(a, tf.float64), tf.cast(x, tf.float64)
    return {
        "by_a": tf.raw_ops.IgammaGradA(a=a, x=x),
        "exact": tf.raw_ops.IgammaGradA(a=wide[0], x=wide[1]),
        "samples": tf.raw_ops.RandomGammaGrad(alpha=a, sample=x),
        "both": tf.gradients(tf.igamma(a, x), [a, x]),
        "upper": tf.gradients(tf.igammac(a, x), [a, x]),
    }


@case
def sparse_tensors(tf):
    a = tf.constant([[0, 0], [1, 2], [3, 1]], tf.int64)
    b = tf.constant([[0, 1], [1, 2]], tf.int64)
    total = tf.constant([[0, 0], [0, 1], [3, 1]], tf.int64)  # [1, 2] came to zero and was dropped
    grad = tf.constant([1.0, 2.0, 3.0])
    segments = {"grad": [[1.0, 2.0], [3.0, 4.0]], "indices": [5, 2, 5], "segment_ids": [0, 0, 1]}
    return {
        "add": list(tf.raw_ops.SparseAddGrad(backprop_val_grad=grad, a_indices=a, b_indices=b, sum_indices=total)),
        "slice": tf.raw_ops.SparseSliceGrad(
            backprop_val_grad=grad[:2], input_indices=a, input_start=tf.constant([1, 1], tf.int64),
            output_indices=tf.constant([[0, 1], [2, 0]], tf.int64),
        ),
        "sum": list(tf.raw_ops.SparseSegmentSumGradV2(dense_output_dim0=7, **segments)),
        "mean": list(tf.raw_ops.SparseSegmentMeanGradV2(dense_output_dim0=7, **segments)),
        "sqrt_n": list(tf.raw_ops.SparseSegmentSqrtNGradV2(dense_output_dim0=7, **segments)),
    }  # fmt: skip
