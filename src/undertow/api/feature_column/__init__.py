"""`tf.feature_column`: what a model reads from a dictionary of features, and how. No sequence columns.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/feature_column
"""

from ..names import lazy

_NAMES = {
    "api.feature_column.categorical": (
        "categorical_column_with_hash_bucket categorical_column_with_identity categorical_column_with_vocabulary_file "
        "categorical_column_with_vocabulary_list crossed_column weighted_categorical_column"
    ),
    "api.feature_column.dense": "embedding_column indicator_column shared_embedding_columns",
    "api.feature_column.model": "input_layer linear_model make_parse_example_spec",
    "api.feature_column.numeric": "bucketized_column numeric_column",
}

__getattr__, __dir__ = lazy(__name__, "tf.feature_column", _NAMES)
