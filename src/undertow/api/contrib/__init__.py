"""`tf.contrib`: what of it is built."""

from ..names import lazy

_NAMES = {
    "api.contrib.crf": "crf=",
    "api.contrib.cudnn_rnn": "cudnn_rnn=",
    "api.contrib.data": "data=",
    "api.distributions": "distributions=",
    "api.contrib.factorization": "factorization=",
    "api.contrib.framework": "framework=",
    "api.contrib.image": "image=",
    "api.contrib.layers": "layers=",
    "api.contrib.rnn": "rnn=",
    "api.contrib.seq2seq": "seq2seq=",
    "api.contrib.learn": "learn=",
    "api.contrib.legacy_seq2seq": "legacy_seq2seq=",
    "api.contrib.opt": "opt=",
    "api.contrib.lookup": "lookup=",
    "api.contrib.predictor": "predictor=",
    "api.contrib.slim": "slim=",
    "api.contrib.staging": "staging=",
    "api.contrib.tensorboard": "tensorboard=",
    "api.contrib.testing": "testing=",
    "api.contrib.training": "training=",
    "api.contrib.tpu": "tpu=",
    "tf_slim.metrics": "metrics=",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib", _NAMES)
