"""`tf.contrib.rnn`: recurrent networks and their cells.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn
"""

from ...names import lazy

_NAMES = {
    "api.contrib.rnn.attention": "AttentionCellWrapper",
    "api.contrib.rnn.block": "GRUBlockCell GRUBlockCellV2 LSTMBlockCell",
    "api.contrib.rnn.convolutional": "Conv1DLSTMCell Conv2DLSTMCell Conv3DLSTMCell ConvLSTMCell",
    "api.contrib.rnn.coupled": "CoupledInputForgetGateLSTMCell",
    "api.contrib.rnn.fused": (
        "FusedRNNCell FusedRNNCellAdaptor LSTMBlockFusedCell LSTMBlockWrapper TimeReversedFusedRNN"
    ),
    "api.contrib.rnn.grid": "BidirectionalGridLSTMCell GridLSTMCell",
    "api.contrib.rnn.grouped": "GLSTMCell",
    "api.contrib.rnn.independent": "IndRNNCell IndyGRUCell IndyLSTMCell",
    "api.contrib.rnn.nas": "NASCell",
    "api.contrib.rnn.normalized": "LayerNormBasicLSTMCell",
    "api.contrib.rnn.phased": "PhasedLSTMCell",
    "api.contrib.rnn.projections": (
        "CompiledWrapper EmbeddingWrapper HighwayWrapper InputProjectionWrapper OutputProjectionWrapper"
    ),
    "api.contrib.rnn.simple": "SRUCell",
    "api.contrib.rnn.stacked": "stack_bidirectional_dynamic_rnn stack_bidirectional_rnn",
    "api.contrib.rnn.time_frequency": "TimeFreqLSTMCell",
    "api.contrib.rnn.ungated": "IntersectionRNNCell UGRNNCell",
    "api.rnn.cells": "BasicRNNCell GRUCell LayerRNNCell RNNCell",
    "api.rnn.dynamic": "transpose_batch_time",
    "api.rnn.lstm": "BasicLSTMCell LSTMCell LSTMStateTuple",
    "api.rnn.multi": "MultiRNNCell",
    "api.rnn.sizes": "best_effort_input_batch_size=batch_size_of",
    "api.rnn.static": "static_bidirectional_rnn static_rnn static_state_saving_rnn",
    "api.rnn.wrappers": "DeviceWrapper DropoutWrapper ResidualWrapper",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.rnn", _NAMES)
