"""`tf.train`: optimizers, learning rates, the global step, checkpoints.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train
"""

from ..names import lazy as _lazy

_NAMES = {
    "api.protos": "ClusterDef JobDef SaverDef",
    "api.train.adadelta": "AdadeltaOptimizer",
    "api.train.adagrad": "AdagradOptimizer",
    "api.train.adagrad_da": "AdagradDAOptimizer",
    "api.train.adam": "AdamOptimizer",
    "api.train.basic_loops": "basic_train_loop",
    "api.train.basic_session_run_hooks": (
        "CheckpointSaverHook CheckpointSaverListener FeedFnHook FinalOpsHook GlobalStepWaiterHook LoggingTensorHook "
        "NanLossDuringTrainingError NanTensorHook ProfilerHook SecondOrStepTimer StepCounterHook StopAtStepHook "
        "SummarySaverHook"
    ),
    "api.train.checkpoint_management": (
        "checkpoint_exists generate_checkpoint_state_proto get_checkpoint_mtimes get_checkpoint_state "
        "latest_checkpoint remove_checkpoint update_checkpoint_state"
    ),
    "api.train.checkpoint_utils": (
        "NewCheckpointReader init_from_checkpoint list_variables load_checkpoint load_variable"
    ),
    "api.train.coordinator": "Coordinator LooperThread",
    "api.train.device_setter": "replica_device_setter",
    "api.train.ftrl": "FtrlOptimizer",
    "api.train.gradient_descent": "GradientDescentOptimizer",
    "api.train.input": (
        "batch batch_join maybe_batch maybe_batch_join maybe_shuffle_batch maybe_shuffle_batch_join shuffle_batch "
        "shuffle_batch_join"
    ),
    "api.train.learning_rate_decay": (
        "cosine_decay cosine_decay_restarts exponential_decay inverse_time_decay linear_cosine_decay natural_exp_decay "
        "noisy_linear_cosine_decay piecewise_constant piecewise_constant_decay polynomial_decay"
    ),
    "api.train.meta_graph": "export_meta_graph import_meta_graph",
    "api.train.monitored_session": (
        "ChiefSessionCreator MonitoredSession MonitoredTrainingSession SessionCreator SingularMonitoredSession "
        "WorkerSessionCreator"
    ),
    "api.train.momentum": "MomentumOptimizer",
    "api.train.moving_averages": "ExponentialMovingAverage",
    "api.train.optimizer": "Optimizer",
    "api.train.producers": (
        "input_producer limit_epochs match_filenames_once range_input_producer slice_input_producer "
        "string_input_producer"
    ),
    "api.train.proximal_adagrad": "ProximalAdagradOptimizer",
    "api.train.proximal_gradient_descent": "ProximalGradientDescentOptimizer",
    "api.train.queue_runner": "QueueRunner add_queue_runner start_queue_runners",
    "api.train.rmsprop": "RMSPropOptimizer",
    "api.train.saver": "Saver",
    "api.train.scaffold": "Scaffold",
    "api.train.server_lib": "ClusterSpec Server",
    "api.train.session_manager": "SessionManager",
    "api.train.session_run_hook": "SessionRunArgs SessionRunContext SessionRunHook SessionRunValues",
    "api.train.supervisor": "Supervisor",
    "api.train.sync_replicas_optimizer": "SyncReplicasOptimizer",
    "api.train.training_util": (
        "assert_global_step create_global_step get_global_step get_or_create_global_step global_step"
    ),
    "api.train.warm_starting_util": "VocabInfo warm_start",
    "formats.messages": (
        "BytesList Example Feature FeatureList FeatureLists Features FloatList Int64List QueueRunnerDef SequenceExample"
    ),
    "api.graph_io": "write_graph",
    "api.summary_writer": "summary_iterator",
}

__getattr__, __dir__ = _lazy(__name__, "tf.train", _NAMES)
del _lazy
