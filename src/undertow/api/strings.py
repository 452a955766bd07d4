"""`tf.strings`: joining, splitting, matching and converting strings.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.ragged_string": (
        "bytes_split=string_bytes_split ngrams unicode_decode unicode_decode_with_offsets unicode_encode "
        "unicode_split unicode_split_with_offsets"
    ),
    "ops.string": (
        "as_string format=string_format join=string_join length=string_length lower=string_lower reduce_join "
        "regex_full_match=regex_match regex_replace split=string_split_v2 strip=string_strip substr "
        "to_hash_bucket=string_to_hash_bucket to_hash_bucket_fast=string_to_hash_bucket_fast "
        "to_hash_bucket_strong=string_to_hash_bucket_strong to_number=string_to_number unicode_script "
        "unicode_transcode unsorted_segment_join upper=string_upper"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.strings", _NAMES)
del _lazy
