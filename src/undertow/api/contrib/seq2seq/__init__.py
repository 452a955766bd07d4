"""`tf.contrib.seq2seq`: decoding step by step, attention, beam search.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq
"""

from ...names import lazy

_NAMES = {
    "api.contrib.seq2seq.attention_wrapper": "AttentionWrapper AttentionWrapperState",
    "api.contrib.seq2seq.basic_decoder": "BasicDecoder BasicDecoderOutput",
    "api.contrib.seq2seq.beam_search": (
        "BeamSearchDecoder BeamSearchDecoderOutput BeamSearchDecoderState FinalBeamSearchDecoderOutput"
    ),
    "api.contrib.seq2seq.beams": "tile_batch",
    "api.contrib.seq2seq.decoder": "Decoder dynamic_decode",
    "api.contrib.seq2seq.helpers": (
        "CustomHelper GreedyEmbeddingHelper Helper InferenceHelper SampleEmbeddingHelper TrainingHelper"
    ),
    "api.contrib.seq2seq.loss": "sequence_loss",
    "api.contrib.seq2seq.mechanisms": "AttentionMechanism BahdanauAttention LuongAttention hardmax",
    "api.contrib.seq2seq.monotonic": (
        "BahdanauMonotonicAttention LuongMonotonicAttention monotonic_attention safe_cumprod"
    ),
    "api.contrib.seq2seq.scheduled": "ScheduledEmbeddingTrainingHelper ScheduledOutputTrainingHelper",
    "ops.beam_search": "gather_tree",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.seq2seq", _NAMES)
