"""The small modules of tf.contrib."""

import pytest

import undertow as tf


def test_learn_names_its_modes_and_knows_mnist(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    learn = tf.contrib.learn
    assert (learn.ModeKeys.TRAIN, learn.ModeKeys.EVAL, learn.ModeKeys.INFER) == ("train", "eval", "infer")
    assert learn.datasets.load_dataset("mnist").train.images.shape == (55000, 784)
    with pytest.raises(ValueError, match="not found: mnst"):
        learn.datasets.load_dataset("mnst")
    with pytest.raises(tf.errors.UnimplementedError, match="iris"):
        learn.datasets.load_dataset("iris")


def test_the_projector_is_told_in_a_file_beside_the_events(tmp_path):
    projector = tf.contrib.tensorboard.plugins.projector
    config = projector.ProjectorConfig()
    config.embeddings.add(tensor_name="words", metadata_path="words.tsv")
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        projector.visualize_embeddings(writer, config)
    written = (tmp_path / "projector_config.pbtxt").read_text()
    assert written == 'embeddings {\n  tensor_name: "words"\n  metadata_path: "words.tsv"\n}\n'
    with pytest.raises(ValueError, match="FileWriter or a folder"):
        projector.visualize_embeddings(3, config)
