"""`tf.contrib.slim`: tf_slim, in which its authors carry it on, and its layers together with their companions.

Source: https://github.com/google-research/tf-slim
"""

from ...names import lazy

_NAMES = {
    "api.contrib.framework.checkpoints": "assign_from_checkpoint",
    "api.contrib.layers": "layers=",
    "tf_slim": (
        "OPTIMIZER_CLS_NAMES OPTIMIZER_SUMMARIES VariableDeviceChooser adaptive_clipping_fn add_arg_scope "
        "add_model_variable apply_regularization arg_scope arg_scope_func_key arg_scoped_arguments "
        "assert_global_step assert_or_get_global_step assign_from_checkpoint_fn "
        "assign_from_values assign_from_values_fn avg_pool2d avg_pool3d batch_norm bias_add bucketize conv1d conv2d "
        "conv2d_in_plane conv2d_transpose conv3d conv3d_transpose convolution convolution1d convolution2d "
        "convolution2d_in_plane convolution2d_transpose convolution3d convolution3d_transpose create_global_step "
        "current_arg_scope dense_to_sparse dropout elu filter_variables flatten fully_connected get_global_step "
        "get_local_variables get_model_variables get_or_create_global_step get_trainable_variables "
        "get_unique_variable get_variable_full_name get_variables get_variables_by_name get_variables_by_suffix "
        "get_variables_to_restore global_variable group_norm has_arg_scope images_to_sequence instance_norm "
        "l1_l2_regularizer l1_regularizer l2_regularizer layer_norm legacy_fully_connected legacy_linear legacy_relu "
        "linear local_variable max_pool2d max_pool3d maxout model_variable one_hot_encoding optimize_loss pool "
        "recompute_grad relu relu6 repeat rev_block scale_gradient separable_conv2d separable_convolution2d "
        "sequence_to_images softmax spatial_softmax stack sum_regularizer summarize_activation summarize_activations "
        "summarize_biases summarize_collection summarize_tensor summarize_tensors summarize_variables "
        "summarize_weights unit_norm variable variance_scaling_initializer xavier_initializer "
        "xavier_initializer_conv2d"
    ),
    "tf_slim.data.data_decoder": "data_decoder=",
    "tf_slim.data.data_provider": "data_provider=",
    "tf_slim.data.dataset": "dataset=",
    "tf_slim.data.dataset_data_provider": "dataset_data_provider=",
    "tf_slim.data": "data=",
    "tf_slim.data.parallel_reader": "parallel_reader=",
    "tf_slim.data.prefetch_queue": "prefetch_queue=",
    "tf_slim.data.tfexample_decoder": "tfexample_decoder=",
    "tf_slim.evaluation": "evaluation=",
    "tf_slim.layers.initializers": "initializers=",
    "tf_slim.layers.normalization": "normalization=",
    "tf_slim.layers.optimizers": "optimizers=",
    "tf_slim.layers.regularizers": "regularizers=",
    "tf_slim.layers.utils": "utils=",
    "tf_slim.learning": "learning=",
    "tf_slim.losses": "losses=",
    "tf_slim.metrics": "metrics=",
    "tf_slim.model_analyzer": "model_analyzer=",
    "tf_slim.nets": "nets=",
    "tf_slim.queues": "queues=",
    "tf_slim.summaries": "summaries=",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.slim", _NAMES)
