"""`tf.nn.rnn_cell`: the cells of recurrent networks.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell
"""

from .names import lazy as _lazy

_NAMES = {
    "api.rnn.cells": "BasicRNNCell GRUCell RNNCell",
    "api.rnn.lstm": "BasicLSTMCell LSTMCell LSTMStateTuple",
    "api.rnn.multi": "MultiRNNCell",
    "api.rnn.wrappers": "DeviceWrapper DropoutWrapper ResidualWrapper",
}

__getattr__, __dir__ = _lazy(__name__, "tf.nn.rnn_cell", _NAMES)
del _lazy
