"""`tf.nn`: activations, convolutions, pools, normalization, losses, embeddings.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn
"""

from .names import lazy as _lazy

_NAMES = {
    "api.rnn.dynamic": "bidirectional_dynamic_rnn dynamic_rnn",
    "api.rnn.raw": "raw_rnn",
    "api.rnn.static": "static_bidirectional_rnn static_rnn static_state_saving_rnn",
    "api.rnn_cell": "rnn_cell=",
    "ops.activation": ("bias_add crelu elu leaky_relu relu relu6 relu_layer selu softplus softsign swish xw_plus_b"),
    "ops.blocks": "batch_to_space depth_to_space space_to_batch space_to_depth",
    "ops.candidate_sampling": (
        "all_candidate_sampler compute_accidental_hits fixed_unigram_candidate_sampler "
        "learned_unigram_candidate_sampler log_uniform_candidate_sampler nce_loss sampled_softmax_loss "
        "uniform_candidate_sampler"
    ),
    "ops.conv": "atrous_conv2d conv1d conv2d conv3d convolution",
    "ops.conv_transpose": (
        "atrous_conv2d_transpose conv1d_transpose conv2d_backprop_filter conv2d_backprop_input conv2d_transpose "
        "conv3d_backprop_filter conv3d_backprop_filter_v2 conv3d_transpose conv_transpose "
        "depthwise_conv2d_backprop_filter depthwise_conv2d_backprop_input depthwise_conv2d_native_backprop_filter "
        "depthwise_conv2d_native_backprop_input"
    ),
    "ops.ctc": "ctc_beam_search_decoder ctc_greedy_decoder ctc_loss",
    "ops.depthwise": ("depthwise_conv2d depthwise_conv2d_native dilation2d erosion2d separable_conv2d"),
    "ops.dropout": "dropout",
    "ops.embedding": "embedding_lookup",
    "ops.embedding_sparse": "embedding_lookup_sparse safe_embedding_lookup_sparse",
    "ops.fractional_pool": "fractional_avg_pool fractional_max_pool",
    "ops.loss_scaling": "compute_average_loss scale_regularization_loss",
    "ops.losses": (
        "l2_loss log_poisson_loss sigmoid_cross_entropy_with_logits weighted_cross_entropy_with_logits zero_fraction"
    ),
    "ops.math": "sigmoid tanh",
    "ops.norm": (
        "batch_norm_with_global_normalization batch_normalization fused_batch_norm l2_normalize "
        "local_response_normalization lrn moments normalize_moments sufficient_statistics weighted_moments"
    ),
    "ops.pool": (
        "avg_pool avg_pool1d avg_pool2d avg_pool3d avg_pool_v2 max_pool max_pool1d max_pool2d max_pool3d max_pool_v2 "
        "max_pool_with_argmax pool"
    ),
    "ops.ranking": "in_top_k top_k",
    "ops.softmax": (
        "log_softmax softmax softmax_cross_entropy_with_logits softmax_cross_entropy_with_logits_v2 "
        "sparse_softmax_cross_entropy_with_logits"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.nn", _NAMES)
del _lazy
