"""`tf.contrib.data`: where `tf.data.experimental`, and before it `tf.data`, had its names."""

from ..names import lazy

_NAMES = {
    "api.data.dataset": "Dataset",
    "api.data.experimental": (
        "AUTOTUNE Counter CsvDataset RandomDataset Reducer batch_and_drop_remainder bucket_by_sequence_length "
        "choose_from_datasets copy_to_device dense_to_sparse_batch enumerate_dataset get_single_element "
        "group_by_reducer group_by_window ignore_errors map_and_batch padded_batch_and_drop_remainder "
        "parallel_interleave parse_example_dataset prefetch_to_device reduce_dataset sample_from_datasets scan "
        "shuffle_and_repeat sloppy_interleave unbatch unique"
    ),
    "api.data.iterator": "Iterator",
    "api.data.pipelines": "make_batched_features_dataset make_csv_dataset",
    "api.data.readers": "FixedLengthRecordDataset TFRecordDataset TextLineDataset",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.data", _NAMES)
