"""`tf.contrib.cudnn_rnn`: recurrent networks of several layers in one op, and cells that take their weights.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/cudnn_rnn
"""

from ...names import lazy

_NAMES = {
    "api.contrib.cudnn_rnn.cells": "CudnnCompatibleGRUCell CudnnCompatibleLSTMCell",
    "api.contrib.cudnn_rnn.converters": (
        "CudnnParamsFormatConverterGRU CudnnParamsFormatConverterLSTM CudnnParamsFormatConverterRelu "
        "CudnnParamsFormatConverterTanh"
    ),
    "api.contrib.cudnn_rnn.layers": "CudnnGRU CudnnLSTM CudnnRNNRelu CudnnRNNTanh",
    "api.contrib.cudnn_rnn.saveables": "CudnnGRUSaveable CudnnLSTMSaveable CudnnRNNReluSaveable CudnnRNNTanhSaveable",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.cudnn_rnn", _NAMES)
