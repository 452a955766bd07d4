"""TensorFlow 1 programs on PyTorch: this module is the `tf` namespace, and nothing else.

Importing it imports neither torch nor most of itself; each name is loaded when it is first used.
"""

from .api.names import lazy as _lazy

__version__ = "1.15.5"  # the TensorFlow that it stands for; Undertow's own is importlib.metadata's

_NAMES = {
    "api.initializers": (
        "zeros_initializer ones_initializer constant_initializer random_uniform_initializer random_normal_initializer "
        "truncated_normal_initializer uniform_unit_scaling_initializer variance_scaling_initializer "
        "orthogonal_initializer glorot_uniform_initializer glorot_normal_initializer initializers="
    ),
    "api.get_variable": "create_partitioned_variables get_local_variable get_variable no_regularizer",
    "api.layers": "layers=",
    "api.math": "math=",
    "api.nn": "nn=",
    "api.protos": (
        "AttrValue ConfigProto Event GPUOptions GraphDef GraphOptions HistogramProto LogMessage MetaGraphDef "
        "NameAttrList NodeDef OptimizerOptions RunMetadata RunOptions SessionLog Summary SummaryMetadata TensorInfo"
    ),
    "api.test": "test=",
    "api.train": "train=",
    "api.contrib": "contrib=",
    "api.examples": "examples=",
    "api.partitioned_variables": "fixed_size_partitioner min_max_variable_partitioner variable_axis_size_partitioner",
    "api.random": "random=",
    "api.variable_scope": "AUTO_REUSE VariableScope get_variable_scope variable_op_scope variable_scope",
    "api.variables": (
        "Variable VariableAggregation VariableSynchronization all_variables assert_variables_initialized "
        "global_variables global_variables_initializer initialize_all_variables initialize_local_variables "
        "initialize_variables is_variable_initialized local_variables local_variables_initializer model_variables "
        "moving_average_variables report_uninitialized_variables trainable_variables variables_initializer"
    ),
    "compat": "compat=",
    "compat.notebook": "load_ipython_extension",
    "graph.device": "DeviceSpec",
    "graph.dtypes": (
        "DType QUANTIZED_DTYPES as_dtype bfloat16 bool complex64 complex128 double float16 float32 float64 half int8 "
        "int16 int32 int64 qint8 qint16 qint32 quint8 quint16 resource string uint8 uint16 uint32 uint64 variant dtypes="
    ),
    "graph.errors": "OpError errors=",
    "graph.graph": "Graph",
    "graph.keys": "GraphKeys",
    "graph.operation": "Operation Tensor",
    "graph.scopes": (
        "add_to_collection add_to_collections colocate_with container control_dependencies device get_collection "
        "get_collection_ref get_seed init_scope name_scope op_scope set_random_seed"
    ),
    "graph.shape": "Dimension TensorShape dimension_value",
    "graph.stacks": "get_default_graph get_default_session reset_default_graph",
    "inspect": "inspect=",
    "ops.constant": "constant",
    "ops.constant_value": "get_static_value=constant_value",
    "ops.gradients": "AggregationMethod UnconnectedGradients gradients hessians",
    "ops.indexed_slices": "IndexedSlices IndexedSlicesValue",
    "ops.node": "convert_to_tensor register_tensor_conversion_function",
    "ops.random": (
        "multinomial random_crop random_gamma random_normal random_poisson random_shuffle random_uniform "
        "truncated_normal"
    ),
    "ops.raw_ops": "raw_ops=",
    "ops.state": (
        "assign assign_add assign_sub count_up_to scatter_add scatter_div scatter_max scatter_min scatter_mul "
        "scatter_nd_add scatter_nd_sub scatter_nd_update scatter_sub scatter_update"
    ),
    "runtime.session": "InteractiveSession Session",
}

__getattr__, __dir__ = _lazy(__name__, "tf", _NAMES)
del _lazy
