"""`tf.contrib.layers`: what of it is built. What tf_slim has carried on is taken from there.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/layers
"""

from ...names import lazy

_NAMES = {
    "api.contrib.layers.encoders": "embed_sequence",
    "api.contrib.layers.initializers": "variance_scaling_initializer xavier_initializer xavier_initializer_conv2d",
    "api.contrib.layers.layers": "flatten",
    "api.contrib.layers.regularizers": (
        "apply_regularization l1_l2_regularizer l1_regularizer l2_regularizer sum_regularizer"
    ),
    "ops.sparse_cross": "SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY=DEFAULT_HASH_KEY sparse_feature_cross",
    "tf_slim.layers.layers": (
        "GDN avg_pool2d avg_pool3d batch_norm bias_add conv1d conv2d conv2d_in_plane conv2d_transpose conv3d "
        "conv3d_transpose convolution convolution1d convolution2d convolution2d_in_plane convolution2d_transpose "
        "convolution3d convolution3d_transpose dense_to_sparse dropout elu fully_connected gdn images_to_sequence "
        "layer_norm legacy_fully_connected legacy_linear legacy_relu linear max_pool2d max_pool3d maxout "
        "one_hot_encoding poincare_normalize pool relu relu6 repeat scale_gradient separable_conv2d "
        "separable_convolution2d sequence_to_images softmax spatial_softmax stack unit_norm"
    ),
    "tf_slim": "bucketize recompute_grad rev_block",
    "tf_slim.layers.normalization": "group_norm instance_norm",
    "tf_slim.layers.optimizers": "OPTIMIZER_CLS_NAMES OPTIMIZER_SUMMARIES adaptive_clipping_fn optimize_loss",
    "tf_slim.layers.sparse_ops": "sparse_ops=",
    "tf_slim.layers.summaries": (
        "summaries= summarize_activation summarize_activations summarize_collection summarize_tensor summarize_tensors"
    ),
    "tf_slim.layers.utils": "utils=",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.layers", _NAMES)
