"""tf.contrib.tpu: an estimator that tells its functions the batch size."""

import numpy as np
import pytest

import undertow as tf

tpu = tf.contrib.tpu
X = np.arange(16, dtype=np.float32).reshape(16, 1)


def _input_fn(params):
    data = {"x": X, "y": X[:, 0] * 2}
    return tf.data.Dataset.from_tensor_slices(data).repeat(params["times"]).batch(params["batch_size"])


def _model_fn(features, mode, params):
    weight = tf.get_variable("weight", [1, 1], initializer=tf.zeros_initializer())
    made = tf.matmul(features["x"], weight)[:, 0]
    told = tf.fill(tf.shape(made), params["batch_size"] * (-1 if params["use_tpu"] else 1))
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tpu.TPUEstimatorSpec(mode, predictions={"made": made, "told": told})
    loss = tf.reduce_mean(tf.square(made - features["y"]))
    step = tf.train.GradientDescentOptimizer(0.001).minimize(loss, tf.train.get_global_step())

    def metrics(made, wanted, told):
        return {"off": tf.metrics.mean_absolute_error(wanted, made), "told": tf.metrics.mean(told)}

    return tpu.TPUEstimatorSpec(
        mode,
        loss=loss,
        train_op=step,
        eval_metrics=(metrics, [made, features["y"], told]),
        scaffold_fn=lambda: tf.train.Scaffold(),
        host_call=(lambda seen: tf.assign_add(tf.get_variable("seen", initializer=0.0), seen[0]), [made * 0 + 1]),
    )


def _estimator(tmp_path, **options):
    config = tpu.RunConfig(model_dir=str(tmp_path), save_checkpoints_steps=10)
    sizes = {"train_batch_size": 4, "eval_batch_size": 8, "predict_batch_size": 2}
    return tpu.TPUEstimator(_model_fn, config=config, **{"use_tpu": False, "params": {"times": 1}, **sizes, **options})


def test_each_mode_has_its_batch_size_and_trains_as_1_15_does(tmp_path):
    estimator = _estimator(tmp_path, params={"times": 7})
    estimator.train(_input_fn, max_steps=25)
    found = estimator.evaluate(_input_fn)
    # TensorFlow 1.15.5 gives the loss and the mean error of this program.
    assert found["loss"] == pytest.approx(0.047101613, rel=1e-5)
    assert found["off"] == pytest.approx(0.18489632, rel=1e-5)
    assert found["told"] == 8
    assert next(estimator.predict(_input_fn))["told"] == 2


def test_the_host_call_runs_at_each_step(tmp_path):
    estimator = _estimator(tmp_path)
    estimator.train(_input_fn, steps=3)
    assert estimator.get_variable_value("seen") == 3.0


def test_speed_is_told_in_examples(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(tf.logging, "info", lambda message, *values: said.append(message % values))
    _estimator(tmp_path, params={"times": None}).train(_input_fn, steps=101)
    assert [line for line in said if line.startswith("examples/sec: ")]


def test_a_changed_configuration_keeps_what_it_says_of_tpus():
    config = tpu.RunConfig(tpu_config=tpu.TPUConfig(7, num_shards=8), save_summary_steps=3).replace(tf_random_seed=5)
    assert (config.tpu_config.iterations_per_loop, config.tpu_config.num_shards) == (7, 8)
    assert (config.save_summary_steps, config.tf_random_seed) == (3, 5)
    assert config.tpu_config.per_host_input_for_training == tpu.InputPipelineConfig.PER_HOST_V1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"num_cores_per_replica": 3}, "num_cores_per_replica must be 1, 2, 4, 8, 16, 32, 64, 128; got 3"),
        ({"iterations_per_loop": 0}, "Invalid TPUConfig `iterations_per_loop` value"),
        ({"iterations_per_loop": "5x"}, "Invalid TPUConfig `iterations_per_loop` value"),
        ({"input_partition_dims": [[1]]}, "only supported in PER_HOST_V2 mode"),
        ({"initial_infeed_sleep_secs": -1}, "initial_infeed_sleep_secs must be positive, got -1"),
    ],
)
def test_a_tpu_configuration_is_checked(options, says):
    with pytest.raises(ValueError, match=says):
        tpu.TPUConfig(**options)


@pytest.mark.parametrize(
    ("metrics", "error", "says"),
    [
        (3, ValueError, "eval_metrics should be tuple or list"),
        ((3, []), TypeError, "should be callable"),
        ((len, 4), ValueError, "should be tuple or list, or dict"),
        (
            (lambda x: x, []),
            RuntimeError,
            "tensors 0 does not match method args of the function, which takes 1",
        ),
    ],
)
def test_metrics_of_another_form_are_refused(metrics, error, says):
    with tf.Graph().as_default(), pytest.raises(error, match=says):
        tpu.TPUEstimatorSpec("eval", loss=tf.constant(1.0), eval_metrics=metrics)


def test_what_needs_a_tpu_is_refused(tmp_path):
    with pytest.raises(tf.errors.UnimplementedError, match="use_tpu=False"):
        _estimator(tmp_path, use_tpu=True)
    with pytest.raises(tf.errors.UnimplementedError, match="master"):
        tpu.RunConfig(master="grpc://elsewhere")
    with pytest.raises(ValueError, match="must be provided"):
        tpu.TPUEstimator(_model_fn, config=tf.estimator.RunConfig(), use_tpu=False)
    with pytest.raises(ValueError, match="reserved keys"):
        _estimator(tmp_path, params={"batch_size": 3})
