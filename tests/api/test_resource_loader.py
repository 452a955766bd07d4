"""`tf.resource_loader`."""

import os

import undertow as tf


def test_data_files_lie_beside_the_file_that_asks():
    here = os.path.dirname(__file__)
    assert tf.resource_loader.get_data_files_path() == here
    assert tf.resource_loader.get_path_to_datafile("a/b") == os.path.join(here, "a/b")
    assert tf.resource_loader.readahead_file_path("a") == "a"
