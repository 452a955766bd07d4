"""`tf.contrib.framework`: what of it is built. What tf_slim has carried on is taken from there.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/framework
"""

from ...names import lazy

_NAMES = {
    "api.contrib.framework.checkpoints": (
        "assign_from_checkpoint init_from_checkpoint list_variables load_checkpoint load_variable"
    ),
    "api.contrib.framework.deprecation": "deprecated deprecated_arg_values deprecated_args",
    "api.contrib.framework.graphs": "fuse_op get_name_scope get_placeholders",
    "api.orthogonal_initializers": (
        "convolutional_delta_orthogonal convolutional_orthogonal_1d convolutional_orthogonal_2d "
        "convolutional_orthogonal_3d"
    ),
    "api.train.checkpoint_ops": (
        "load_and_remap_matrix=_load_and_remap_matrix "
        "load_and_remap_matrix_initializer=_load_and_remap_matrix_initializer "
        "load_embedding_initializer=_load_embedding_initializer"
    ),
    "graph.nest": "nest=",
    "ops.check": "assert_same_float_dtype assert_scalar",
    "ops.cond": "smart_cond smart_constant_value",
    "ops.sorting": "argsort sort",
    "tf_slim": (
        "VariableDeviceChooser add_arg_scope add_model_variable arg_scope arg_scope_func_key arg_scoped_arguments "
        "assert_global_step assert_or_get_global_step assign_from_checkpoint_fn "
        "assign_from_values assign_from_values_fn create_global_step current_arg_scope filter_variables "
        "get_global_step get_local_variables get_model_variables get_or_create_global_step get_trainable_variables "
        "get_unique_variable get_variable_full_name get_variables get_variables_by_name get_variables_by_suffix "
        "get_variables_to_restore global_variable has_arg_scope local_variable model_variable variable"
    ),
    "tf_slim.ops.framework_ops": "get_graph_from_inputs",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.framework", _NAMES)
