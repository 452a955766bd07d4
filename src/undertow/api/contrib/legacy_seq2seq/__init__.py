"""`tf.contrib.legacy_seq2seq`: sequence to sequence along lists of tensors, every step of which has nodes of its own.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/legacy_seq2seq
"""

from ...names import lazy

_NAMES = {
    "api.contrib.legacy_seq2seq.attention": "attention_decoder embedding_attention_decoder",
    "api.contrib.legacy_seq2seq.decoders": "embedding_rnn_decoder rnn_decoder",
    "api.contrib.legacy_seq2seq.losses": "model_with_buckets sequence_loss sequence_loss_by_example",
    "api.contrib.legacy_seq2seq.models": (
        "basic_rnn_seq2seq embedding_attention_seq2seq embedding_rnn_seq2seq embedding_tied_rnn_seq2seq "
        "one2many_rnn_seq2seq tied_rnn_seq2seq"
    ),
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.legacy_seq2seq", _NAMES)
