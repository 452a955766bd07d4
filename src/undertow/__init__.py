"""TensorFlow 1 programs on PyTorch: this module is the `tf` namespace, and nothing else.

Importing it imports neither torch nor most of itself; each name is loaded when it is first used.
"""

from .api.names import lazy as _lazy

__version__ = "1.15.5"  # the TensorFlow that it stands for; Undertow's own is importlib.metadata's

_NAMES = {
    "api.app": "app=",
    "api.bitwise": "bitwise=",
    "api.contrib": "contrib=",
    "api.data": "data=",
    "api.debugging": "debugging=",
    "api.distributions": "distributions=",
    "api.dtypes": "dtypes=",
    "api.estimator": "estimator=",
    "api.examples": "examples=",
    "api.feature_column": "feature_column=",
    "api.flags": "flags=",
    "api.get_variable": "create_partitioned_variables get_local_variable get_variable no_regularizer",
    "api.gfile": "gfile=",
    "api.graph_util": "graph_util=",
    "api.image": "image=",
    "api.initializers": (
        "constant_initializer glorot_normal_initializer glorot_uniform_initializer initializers= ones_initializer "
        "orthogonal_initializer random_normal_initializer random_uniform_initializer truncated_normal_initializer "
        "uniform_unit_scaling_initializer variance_scaling_initializer zeros_initializer"
    ),
    "api.io": "io=",
    "api.layers": "layers=",
    "api.linalg": "linalg=",
    "api.logging": "get_logger logging=",
    "api.lookup": "lookup=",
    "api.losses": "losses=",
    "api.manip": "manip=",
    "api.math": "math=",
    "api.metrics": "metrics=",
    "api.nn": "nn=",
    "api.partitioned_variables": "fixed_size_partitioner min_max_variable_partitioner variable_axis_size_partitioner",
    "api.profiler": "profiler=",
    "api.protos": (
        "AttrValue ConfigProto Event GPUOptions GraphDef GraphOptions HistogramProto LogMessage MetaGraphDef "
        "NameAttrList NodeDef OptimizerOptions RunMetadata RunOptions SessionLog Summary SummaryMetadata TensorInfo"
    ),
    "api.python_io": "python_io=",
    "api.quantization": "quantization=",
    "api.queue": "queue=",
    "api.ragged": "ragged=",
    "api.random": "random=",
    "api.raw_ops": "raw_ops=",
    "api.resource_loader": "resource_loader=",
    "api.saved_model": "saved_model=",
    "api.sets": "sets=",
    "api.signal": "signal=",
    "api.sparse": "sparse=",
    "api.spectral": "spectral=",
    "api.strings": "strings=",
    "api.summary": "summary=",
    "api.tables": "initialize_all_tables tables_initializer",
    "api.template": "make_template",
    "api.test": "test=",
    "api.train": "train=",
    "api.v2_behavior": (
        "control_flow_v2_enabled disable_control_flow_v2 disable_eager_execution disable_resource_variables "
        "disable_tensor_equality disable_v2_behavior disable_v2_tensorshape enable_resource_variables "
        "executing_eagerly resource_variables_enabled"
    ),
    "api.variable_creator": "variable_creator_scope",
    "api.variable_scope": "AUTO_REUSE VariableScope get_variable_scope variable_op_scope variable_scope",
    "api.variables": (
        "Variable VariableAggregation VariableSynchronization all_variables assert_variables_initialized "
        "global_variables global_variables_initializer initialize_all_variables initialize_local_variables "
        "initialize_variables is_variable_initialized local_variables local_variables_initializer model_variables "
        "moving_average_variables report_uninitialized_variables trainable_variables variables_initializer"
    ),
    "api.version": (
        "COMPILER_VERSION GIT_VERSION GRAPH_DEF_VERSION GRAPH_DEF_VERSION_MIN_CONSUMER GRAPH_DEF_VERSION_MIN_PRODUCER "
        "VERSION __compiler_version__=COMPILER_VERSION __git_version__=GIT_VERSION version="
    ),
    "compat": "compat=",
    "compat.notebook": "load_ipython_extension",
    "compat.private_root": "python",
    "graph.device": "DeviceSpec",
    "graph.dtypes": (
        "DType QUANTIZED_DTYPES as_dtype bfloat16 bool complex128 complex64 double float16 float32 float64 half int16 "
        "int32 int64 int8 qint16 qint32 qint8 quint16 quint8 resource string uint16 uint32 uint64 uint8 variant"
    ),
    "graph.errors": "OpError errors=",
    "graph.from_proto": "make_ndarray",
    "graph.graph": "Graph",
    "graph.keys": "GraphKeys",
    "graph.nest": "nest=",
    "graph.operation": "Operation Tensor",
    "graph.scopes": (
        "add_to_collection add_to_collections colocate_with container control_dependencies device get_collection "
        "get_collection_ref get_seed init_scope name_scope op_scope set_random_seed"
    ),
    "graph.shape": "Dimension TensorShape dimension_at_index dimension_value",
    "graph.stacks": "get_default_graph get_default_session reset_default_graph",
    "graph.tensor_spec": "SparseTensorSpec TensorSpec",
    "inspect": "inspect=",
    "ops.accumulators": "ConditionalAccumulator ConditionalAccumulatorBase SparseConditionalAccumulator",
    "ops.array": (
        "bitcast broadcast_dynamic_shape broadcast_static_shape broadcast_to ensure_shape fill guarantee_const "
        "identity identity_n newaxis one_hot ones ones_like placeholder placeholder_with_default rank sequence_mask "
        "shape shape_n size stop_gradient zeros zeros_like"
    ),
    "ops.blocks": (
        "batch_to_space batch_to_space_nd depth_to_space extract_image_patches extract_volume_patches "
        "required_space_to_batch_paddings space_to_batch space_to_batch_nd space_to_depth"
    ),
    "ops.case": "case",
    "ops.check": (
        "Assert add_check_numerics_ops assert_equal assert_greater assert_greater_equal assert_integer assert_less "
        "assert_less_equal assert_near assert_negative assert_non_negative assert_non_positive assert_none_equal "
        "assert_positive assert_proper_iterable assert_rank assert_rank_at_least assert_rank_in "
        "assert_same_float_dtype assert_scalar assert_type check_numerics is_numeric_tensor verify_tensor_all_finite"
    ),
    "ops.clip": "clip_by_average_norm clip_by_global_norm clip_by_norm clip_by_value global_norm",
    "ops.cond": "cond",
    "ops.confusion_matrix": "confusion_matrix",
    "ops.constant": "constant make_tensor_proto",
    "ops.constant_value": "get_static_value=constant_value",
    "ops.control_flow": "group no_op tuple",
    "ops.critical_section": "CriticalSection",
    "ops.diagonal": (
        "diag diag_part eye matrix_band_part matrix_diag matrix_diag_part matrix_set_diag matrix_transpose trace"
    ),
    "ops.edit_distance": "edit_distance",
    "ops.functional": "foldl foldr map_fn scan",
    "ops.gather": (
        "batch_gather gather gather_nd scatter_nd tensor_scatter_add tensor_scatter_nd_add tensor_scatter_nd_sub "
        "tensor_scatter_nd_update tensor_scatter_sub tensor_scatter_update"
    ),
    "ops.gradient_registry": (
        "NoGradient=no_gradient NotDifferentiable=no_gradient RegisterGradient custom_gradient no_gradient"
    ),
    "ops.gradients": "AggregationMethod UnconnectedGradients gradients hessians",
    "ops.importer": "import_graph_def",
    "ops.indexed_slices": "IndexedSlices IndexedSlicesValue convert_to_tensor_or_indexed_slices",
    "ops.joining": "concat parallel_stack split stack unstack",
    "ops.linalg": (
        "cholesky cholesky_solve cross matrix_determinant matrix_inverse matrix_solve matrix_solve_ls "
        "matrix_square_root matrix_triangular_solve norm qr self_adjoint_eig self_adjoint_eigvals svd"
    ),
    "ops.logging": "Print print",
    "ops.math": (
        "abs acos acosh add angle asin asinh atan atan2 atanh cast ceil complex conj cos cosh div div_no_nan divide "
        "equal exp expm1 floor floor_div floordiv floormod greater greater_equal imag is_finite is_inf is_nan less "
        "less_equal log log1p log_sigmoid logical_and logical_not logical_or logical_xor maximum minimum mod multiply "
        "negative not_equal pow real realdiv reciprocal rint round rsqrt saturate_cast scalar_mul sigmoid sign sin "
        "sinh sqrt square squared_difference subtract tan tanh to_bfloat16 to_complex128 to_complex64 to_double "
        "to_float to_int32 to_int64 truediv truncatediv truncatemod"
    ),
    "ops.matmul": "einsum matmul sparse_matmul tensordot",
    "ops.node": "convert_to_tensor is_tensor register_tensor_conversion_function",
    "ops.parsing": (
        "FixedLenFeature FixedLenSequenceFeature SparseFeature VarLenFeature decode_compressed decode_csv "
        "decode_json_example decode_raw parse_example parse_single_example parse_tensor serialize_tensor"
    ),
    "ops.parsing_sequence": "parse_single_sequence_example",
    "ops.quantize": (
        "fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient fake_quant_with_min_max_vars "
        "fake_quant_with_min_max_vars_gradient fake_quant_with_min_max_vars_per_channel "
        "fake_quant_with_min_max_vars_per_channel_gradient"
    ),
    "ops.queues": "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
    "ops.ragged_tensor": "RaggedTensor",
    "ops.random": (
        "multinomial random_crop random_gamma random_normal random_poisson random_shuffle random_uniform "
        "truncated_normal"
    ),
    "ops.readers": (
        "FixedLengthRecordReader IdentityReader ReaderBase TFRecordReader TextLineReader WholeFileReader "
        "matching_files read_file write_file"
    ),
    "ops.reduction": (
        "accumulate_n add_n arg_max arg_min argmax argmin count_nonzero cumprod cumsum is_non_decreasing "
        "is_strictly_increasing lbeta lin_space linspace range reduce_all reduce_any reduce_logsumexp reduce_max "
        "reduce_mean reduce_min reduce_prod reduce_sum"
    ),
    "ops.script": "numpy_function py_func",
    "ops.session": "delete_session_tensor get_session_handle get_session_tensor",
    "ops.segment": (
        "bincount histogram_fixed_width histogram_fixed_width_bins segment_max segment_mean segment_min segment_prod "
        "segment_sum sparse_segment_mean sparse_segment_sqrt_n sparse_segment_sum unsorted_segment_max "
        "unsorted_segment_mean unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n "
        "unsorted_segment_sum"
    ),
    "ops.shaping": (
        "expand_dims meshgrid pad repeat reshape reverse reverse_sequence reverse_v2 roll squeeze tile transpose"
    ),
    "ops.slicing": "boolean_mask slice strided_slice where where_v2",
    "ops.sorting": (
        "argsort dynamic_partition dynamic_stitch invert_permutation searchsorted setdiff1d sort unique "
        "unique_with_counts unravel_index"
    ),
    "ops.sparse": (
        "sparse_concat sparse_fill_empty_rows sparse_mask sparse_reorder sparse_reset_shape sparse_reshape "
        "sparse_retain sparse_slice sparse_split sparse_tensor_to_dense sparse_to_dense sparse_transpose"
    ),
    "ops.sparse_math": (
        "sparse_add sparse_maximum sparse_minimum sparse_reduce_max sparse_reduce_max_sparse sparse_reduce_sum "
        "sparse_reduce_sum_sparse sparse_softmax sparse_tensor_dense_matmul"
    ),
    "ops.sparse_merge": "sparse_merge sparse_to_indicator",
    "ops.sparse_storage": "deserialize_many_sparse serialize_many_sparse serialize_sparse",
    "ops.sparse_tensor": "SparseTensor SparseTensorValue convert_to_tensor_or_sparse_tensor sparse_placeholder",
    "ops.special": "betainc digamma erf erfc igamma igammac lgamma polygamma zeta",
    "ops.spectral": "fft fft2d fft3d ifft ifft2d ifft3d",
    "ops.state": (
        "assign assign_add assign_sub batch_scatter_update count_up_to scatter_add scatter_div scatter_max "
        "scatter_min scatter_mul scatter_nd_add scatter_nd_sub scatter_nd_update scatter_sub scatter_update"
    ),
    "ops.string": (
        "as_string decode_base64 encode_base64 fingerprint reduce_join regex_replace string_join string_split "
        "string_strip string_to_hash_bucket string_to_hash_bucket_fast string_to_hash_bucket_strong "
        "string_to_number substr"
    ),
    "ops.tensor_array": "TensorArray",
    "ops.while_loop": "while_loop",
    "runtime.session": "InteractiveSession Session",
}

__getattr__, __dir__ = _lazy(__name__, "tf", _NAMES)
del _lazy
