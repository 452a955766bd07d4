"""What `tf.io.parse_example` needs for an estimator's features and labels.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator/classifier_parse_example_spec
"""

from __future__ import annotations

from typing import Any

from ...graph import dtypes
from ...ops.parsing import FixedLenFeature
from ..feature_column.model import make_parse_example_spec
from ..feature_column.numeric import NumericColumn, numeric_column


def classifier_parse_example_spec(
    feature_columns: Any, label_key: str, label_dtype: Any = dtypes.int64, label_default: Any = None,
    weight_column: Any = None,
) -> dict[Any, Any]:  # fmt: skip
    """The columns' features, a label of `label_dtype` and the weight, if there is one.

    `weight_column` is a name or a numeric column. `ValueError` if label or weight are features too.
    """
    return _with_label(feature_columns, label_key, FixedLenFeature((1,), label_dtype, label_default), weight_column)


def regressor_parse_example_spec(
    feature_columns: Any, label_key: str, label_dtype: Any = dtypes.float32, label_default: Any = None,
    label_dimension: int = 1, weight_column: Any = None,
) -> dict[Any, Any]:  # fmt: skip
    """`classifier_parse_example_spec` for a label of `label_dimension` numbers."""
    label = FixedLenFeature((label_dimension,), label_dtype, label_default)
    return _with_label(feature_columns, label_key, label, weight_column)


def _with_label(feature_columns: Any, label_key: str, label: FixedLenFeature, weight_column: Any) -> dict[Any, Any]:
    spec: dict[Any, Any] = make_parse_example_spec(feature_columns)
    if label_key in spec:
        raise ValueError(f"label should not be used as feature. label_key: {label_key}, features: {spec.keys()}")
    spec[label_key] = label
    if weight_column is None:
        return spec
    if isinstance(weight_column, str):
        weight_column = numeric_column(weight_column)
    if not isinstance(weight_column, NumericColumn):
        raise ValueError(
            "weight_column should be an instance of tf.feature_column.numeric_column. "
            f"Given type: {type(weight_column)} value: {weight_column}"
        )
    if weight_column.key in spec:
        raise ValueError(
            f"weight_column should not be used as feature. weight_column: {weight_column.key}, features: {spec.keys()}"
        )
    return {**spec, **weight_column.parse_example_spec}
