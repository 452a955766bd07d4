"""`tf.train.Server` and the ServerDef it is made of."""

import pytest

import undertow as tf
from undertow.formats.server_def import ServerDef


def test_a_server_tells_what_it_serves():
    config = tf.ConfigProto(operation_timeout_in_ms=7)
    definition = tf.train.Server({"local": ["localhost:0"]}, config=config, start=False).server_def
    assert (definition.job_name, definition.task_index, definition.protocol) == ("local", 0, "grpc")
    assert dict(definition.cluster.job[0].tasks) == {0: "localhost:0"}
    assert definition.default_session_config.operation_timeout_in_ms == 7


def test_a_server_is_made_of_a_server_def():
    cluster = tf.train.ClusterSpec({"one": ["localhost:0"]}).as_cluster_def()
    given = ServerDef(cluster=cluster, job_name="one", protocol="grpc")
    server = tf.train.Server(given, start=False)
    assert server.server_def == given


def test_resetting_where_no_server_is_fails():
    with pytest.raises(tf.errors.NotFoundError, match="No session factory registered"):
        tf.Session.reset("nonexistent", ["one"])
    with pytest.raises(tf.errors.DeadlineExceededError):
        tf.Session.reset("grpc://localhost:0", ["one"], config=tf.ConfigProto(operation_timeout_in_ms=5))
