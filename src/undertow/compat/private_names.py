"""The private names of TensorFlow 1 that no public name stands for, and where each is here.

Only what programs and TensorFlow's own tests were seen to use. Everything that has a public spelling is found by
`old_paths` without a line here.
"""

from __future__ import annotations

# A private module -> the modules of ours that are searched before the public names.
MODULES = {
    "contrib.factorization.python.ops.clustering_ops": (
        "undertow.api.contrib.factorization.kmeans undertow.ops.clustering"
    ),
    "contrib.learn.python.learn.preprocessing.categorical_vocabulary": "undertow.api.contrib.learn.preprocessing",
    "contrib.learn.python.learn.preprocessing.text": "undertow.api.contrib.learn.preprocessing",
    "contrib.rnn.python.ops.core_rnn_cell": "undertow.compat.rnn_names",
    "contrib.rnn.python.ops.lstm_ops": "undertow.compat.rnn_names",
    "contrib.rnn.python.ops.rnn_cell": (
        "undertow.compat.rnn_names undertow.api.contrib.rnn.normalized undertow.api.contrib.rnn.simple "
        "undertow.api.contrib.rnn.turing undertow.api.contrib.rnn.weight_norm"
    ),
    "core.lib.core.error_codes_pb2": "undertow.graph.errors",
    "contrib.cudnn_rnn.python.layers.cudnn_rnn": "undertow.api.contrib.cudnn_rnn",
    "contrib.cudnn_rnn.python.ops.cudnn_rnn_ops": "undertow.api.contrib.cudnn_rnn",
    "contrib.legacy_seq2seq.python.ops.seq2seq": "undertow.compat.rnn_names",
    "contrib.seq2seq.python.ops.attention_wrapper": "undertow.compat.seq2seq_names",
    "contrib.seq2seq.python.ops.beam_search_decoder": "undertow.compat.seq2seq_names",
    "contrib.seq2seq.python.ops.decoder": "undertow.compat.seq2seq_names",
    "contrib.seq2seq.python.ops.helper": "undertow.compat.seq2seq_names",
    "core.example.example_pb2": "undertow.formats.messages",
    "core.example.feature_pb2": "undertow.formats.messages",
    "core.protobuf.saved_model_pb2": "undertow.formats.saved_model",
    "core.framework.device_attributes_pb2": "undertow.formats.device_attributes",
    "core.protobuf.tensorflow_server_pb2": "undertow.formats.server_def",
    "python.distribute.combinations": "undertow.compat.distribute_tests",
    "python.distribute.strategy_combinations": "undertow.compat.distribute_tests",
    "python.eager.context": "undertow.compat.eager_context",
    "python.eager.execution_callbacks": "undertow.compat.eager_callbacks",
    "python.eager.test": "undertow.compat.test_util",
    "python.framework.common_shapes": "undertow.compat.registration",
    "python.framework.function": "undertow.api.function",
    "python.framework.meta_graph": "undertow.compat.meta_graphs",
    "python.framework.ops": (
        "undertow.compat.registration undertow.graph.operation undertow.ops.indexed_slices undertow.ops.node "
        "undertow.graph.scopes"
    ),
    "python.framework.tensor_shape": "undertow.graph.shape",
    "python.framework.tensor_util": "undertow.ops.constant_value",
    "python.framework.test_util": "undertow.compat.test_util",
    "python.keras.engine.base_layer": "undertow.api.layers.engine",
    "python.keras.engine.input_spec": "undertow.api.layers.input_spec",
    "python.layers.utils": "undertow.api.layers.arguments",
    "python.util.all_util": "undertow.compat.all_util",
    "python.util.deprecation": "undertow.api.contrib.framework.deprecation",
    "python.ops.image_ops": "undertow.ops.image_resize undertow.ops.image_quality",
    "python.ops.image_ops_impl": "undertow.ops.image_resize undertow.ops.image_quality",
    "python.ops.data_flow_ops": (
        "undertow.ops.barrier undertow.ops.staging undertow.ops.queues undertow.ops.accumulators undertow.ops.sorting"
    ),
    "python.ops.embedding_ops": "undertow.ops.embedding undertow.ops.embedding_sparse",
    "python.ops.lookup_ops": "undertow.ops.lookup undertow.ops.table_initializers undertow.ops.vocabulary",
    "python.ops.resource_variable_ops": "undertow.api.resource_variable undertow.ops.resource_variable",
    "python.ops.ragged.ragged_factory_ops": "undertow.ops.ragged undertow.ops.ragged_value",
    "python.ops.ragged.ragged_string_ops": "undertow.ops.ragged_string undertow.ops.string",
    "python.ops.ragged.ragged_tensor": "undertow.ops.ragged_tensor",
    "python.ops.ragged.ragged_tensor_value": "undertow.ops.ragged_value",
    "python.ops.sparse_ops": (
        "undertow.ops.sparse undertow.ops.sparse_math undertow.ops.sparse_merge undertow.ops.sparse_storage "
        "undertow.ops.sparse_cross"
    ),
    "python.ops.rnn": "undertow.compat.rnn_names",
    "python.ops.rnn_cell": "undertow.compat.rnn_names undertow.api.rnn.cells",
    "python.ops.rnn_cell_impl": "undertow.compat.rnn_names undertow.api.rnn.cells",
    "python.ops.init_ops": "undertow.api.orthogonal_initializers",
    "python.training.saving.saveable_object": "undertow.api.train.saveable",
    "python.util.tf_contextlib": "contextlib",
    "python.util.tf_decorator": "undertow.compat.decorators",
    "python.util.tf_inspect": "undertow.compat.python_names inspect",
    "python.lib.io.file_io": "undertow.api.file_io",
    "python.training.checkpoint_state_pb2": "undertow.formats.messages",
    "python.tf2": "undertow.compat.eager_context",
    "tools.graph_transforms": "undertow.api.tools.graph_transforms",
}

# A private name -> "module:name".
NAMES: dict[str, str] = {
    "contrib.framework.python.ops.add_arg_scope": "undertow.api.contrib.framework:add_arg_scope",
    "contrib.framework.python.ops.arg_scope": "undertow.api.contrib.framework:arg_scope",
    "contrib.legacy_seq2seq.python.ops.seq2seq._extract_argmax_and_embed": (
        "undertow.api.contrib.legacy_seq2seq.decoders:likeliest_embedded"
    ),
    "python.eager.def_function.function": "undertow.compat.eager_context:function",
    "python.eager.function.defun": "undertow.compat.eager_context:function",
    "python.framework.ops._default_graph_stack": "undertow.graph.stacks:graphs",
    "python.framework.ops._default_session_stack": "undertow.graph.stacks:sessions",
    "python.keras.testing_utils.get_test_data": "undertow.compat.keras_data:get_test_data",
    "python.keras.utils.to_categorical": "undertow.compat.keras_data:to_categorical",
    "python.keras.engine.network.Network": "undertow.api.layers.engine:Layer",
    "python.framework.meta_graph.read_meta_graph_file": "undertow.api.train.meta_graph:read_meta_graph",
    "python.ops.gradient_checker_v2.compute_gradient": "undertow.api.test.gradients:compute_gradient_of_function",
    "python.ops.gradient_checker_v2.max_error": "undertow.api.test.gradients:max_error",
    "python.ops.logging_ops.print_v2": "undertow:print",
    "python.ops.math_ops._bucketize": "undertow.ops.sorting:bucketize",
    "python.ops.nn_ops.fractional_avg_pool_v2": "undertow.ops.fractional_pool:fractional_avg_pool_v2",
    "python.ops.nn_ops.fractional_max_pool_v2": "undertow.ops.fractional_pool:fractional_max_pool_v2",
    "python.ops.string_ops.string_format": "tensorflow.strings:format",
    "python.ops.string_ops.string_length": "tensorflow.strings:length",
    "python.ops.string_ops.string_lower": "tensorflow.strings:lower",
    "python.ops.string_ops.string_upper": "tensorflow.strings:upper",
    "python.framework.constant_op.constant": "undertow.ops.constant:exact_constant",
    "python.ops.array_ops.fingerprint": "undertow.ops.string:fingerprint",
    "python.ops.array_ops.shape_internal": "undertow.ops.array:_shape",
    "python.ops.metrics_impl._remove_squeezable_dimensions": "undertow.api.metrics.streaming:aligned",
    "python.ops.metrics_impl._safe_scalar_div": "undertow.api.metrics.streaming:safe_mean",
    "python.ops.metrics_impl.metric_variable": "undertow.api.metrics.streaming:metric_variable",
    "python.ops.resource_variable_ops.BaseResourceVariable": "undertow.api.resource_variable:ResourceVariable",
    "python.ops.variable_scope.variable": "undertow.api.variables:Variable",
    "python.ops.variables.RefVariable": "undertow.api.reference_variable:RefVariable",
    "python.ops.variables.PartitionedVariable": "undertow.api.partitioned_variables:PartitionedVariable",
    "python.platform.googletest.GetTempDir": "undertow.api.test.environment:get_temp_dir",
    "python.training.saver._get_saver_or_default": "undertow.api.train.scaffold:_get_saver_or_default",
    "python.util.compat.collections_abc": "collections:abc",
}
