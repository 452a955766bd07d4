"""tf.estimator: a model function trained, evaluated and asked."""

import os

import numpy as np
import pytest

import undertow as tf

ModeKeys = tf.estimator.ModeKeys
X = np.random.RandomState(0).rand(100, 4).astype(np.float32)
Y = X @ np.array([1, -2, 3, 0.5], np.float32)


def _linear(features, labels, mode, params):
    made = tf.layers.dense(features["x"], 1, name="line")[:, 0]
    if mode == ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": made, "twice": made * 2})
    loss = tf.losses.mean_squared_error(labels, made)
    step = tf.train.GradientDescentOptimizer(params["rate"]).minimize(loss, tf.train.get_global_step())
    worst = tf.metrics.mean(tf.abs(made - labels))
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step, eval_metric_ops={"off": worst})


def _input(**options):
    return tf.estimator.inputs.numpy_input_fn({"x": X}, Y, **{"batch_size": 30, "shuffle": False, **options})


@pytest.fixture
def estimator(tmp_path):
    config = tf.estimator.RunConfig(tf_random_seed=1, save_checkpoints_steps=10)
    return tf.estimator.Estimator(_linear, str(tmp_path / "model"), config, {"rate": 0.1})


def test_training_goes_on_where_it_stopped_and_saves_its_end(estimator):
    forever = _input(num_epochs=None)
    assert estimator.train(forever, steps=15) is estimator
    first = estimator.evaluate(_input())
    estimator.train(forever, steps=15)
    second = estimator.evaluate(_input())
    assert (first["global_step"], second["global_step"]) == (15, 30)
    assert second["loss"] < first["loss"] and second["off"] < first["off"]
    assert os.path.basename(estimator.latest_checkpoint()) == "model.ckpt-30"


def test_max_steps_is_where_training_ends_however_often_it_is_asked_for(estimator):
    for _ in range(2):
        estimator.train(_input(num_epochs=None), max_steps=12)
        assert estimator.get_variable_value("global_step") == 12


def test_training_ends_with_its_input(estimator):
    estimator.train(_input(num_epochs=2))
    assert estimator.get_variable_value("global_step") == 7  # 200 examples by 30


def test_predictions_are_those_of_the_newest_weights(estimator):
    estimator.train(_input(num_epochs=None), steps=3)
    kernel, bias = (estimator.get_variable_value(f"line/{name}") for name in ("kernel", "bias"))
    asked = tf.estimator.inputs.numpy_input_fn({"x": X}, batch_size=30, shuffle=False)
    made = list(estimator.predict(asked))
    np.testing.assert_allclose([one["y"] for one in made], (X @ kernel + bias)[:, 0], rtol=1e-5)
    assert {tuple(one) for one in estimator.predict(asked, predict_keys=["y"])} == {("y",)}
    batches = [len(batch["y"]) for batch in estimator.predict(asked, yield_single_examples=False)]
    assert batches == [30, 30, 30, 10]


def test_an_evaluation_of_an_untrained_model_takes_it_as_initialized(estimator):
    assert estimator.evaluate(_input(), steps=2)["global_step"] == 0


def test_evaluations_are_event_files_of_their_own(estimator):
    estimator.train(_input(num_epochs=None), steps=2)
    found = estimator.evaluate(_input(), name="again")
    (name,) = os.listdir(estimator.eval_dir("again"))
    (event,) = [
        e for e in tf.train.summary_iterator(os.path.join(estimator.eval_dir("again"), name)) if e.summary.value
    ]
    assert event.step == 2
    assert {v.tag: v.simple_value for v in event.summary.value} == pytest.approx(
        {"loss": found["loss"], "off": found["off"]}
    )


def test_input_functions_may_give_datasets_and_ask_for_what_they_need(estimator):
    def input_fn(mode, params):
        assert (mode, params) == (ModeKeys.EVAL, {"rate": 0.1})
        return tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).batch(50)

    assert set(estimator.evaluate(input_fn)) == {"loss", "off", "global_step"}


def test_train_and_evaluate_evaluates_checkpoints_and_the_end(estimator, monkeypatch):
    steps, evaluate = [], estimator.evaluate
    monkeypatch.setattr(
        estimator, "evaluate", lambda *args, **kwargs: steps.append(evaluate(*args, **kwargs)) or steps[-1]
    )
    metrics, exports = tf.estimator.train_and_evaluate(
        estimator,
        tf.estimator.TrainSpec(_input(num_epochs=None), max_steps=25),
        tf.estimator.EvalSpec(_input(), steps=None, throttle_secs=0),
    )
    assert [values["global_step"] for values in steps] == [10, 20, 25]
    assert (metrics, exports) == (steps[-1], [])


def test_saving_listeners_hear_of_every_checkpoint(estimator):
    heard = []

    class Listener(tf.train.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            heard.append(int(global_step_value))

    estimator.train(_input(num_epochs=None), steps=25, saving_listeners=[Listener()])
    assert heard == [0, 10, 20, 25]


def test_batches_run_on_from_one_epoch_into_the_next_and_a_shuffle_keeps_every_example():
    numbers = np.arange(5)
    for shuffle in (False, True):
        input_fn = tf.estimator.inputs.numpy_input_fn(numbers, batch_size=4, num_epochs=2, shuffle=shuffle)
        with tf.Graph().as_default():
            tensor = input_fn()
            batches = []
            with tf.train.MonitoredSession() as session:
                while not session.should_stop():
                    batches.append(session.run(tensor).tolist())
        assert [len(batch) for batch in batches] == [4, 4, 2]
        assert sorted(number for batch in batches for number in batch) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
        if not shuffle:
            assert batches == [[0, 1, 2, 3], [4, 0, 1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: tf.estimator.Estimator(lambda labels: None), ValueError, "must include features"),
        (lambda: tf.estimator.Estimator(lambda features: None, params={}), ValueError, "does not include params"),
        (lambda: tf.estimator.Estimator(lambda features, seed: None), ValueError, "not expected args.*seed"),
        (lambda: tf.estimator.EstimatorSpec("train"), ValueError, "Missing train_op"),
        (lambda: tf.estimator.EstimatorSpec("eval"), ValueError, "Missing loss"),
        (lambda: tf.estimator.EstimatorSpec("infer"), ValueError, "Missing predictions"),
        (lambda: tf.estimator.EstimatorSpec("test"), ValueError, "should be one of ModeKeys"),
        (lambda: tf.estimator.EstimatorSpec("eval", loss=tf.zeros([2])), ValueError, "Loss must be scalar"),
        (lambda: tf.estimator.EstimatorSpec("infer", 3), TypeError, "predictions must be Tensor"),
        (lambda: tf.estimator.RunConfig(save_checkpoints_steps=1, save_checkpoints_secs=1), ValueError, "both set"),
        (lambda: tf.estimator.RunConfig().replace(size=1), ValueError, "Replacing size"),
        (lambda: tf.estimator.RunConfig(train_distribute=1), tf.errors.UnimplementedError, "Distributing"),
        (lambda: tf.estimator.inputs.numpy_input_fn(X), ValueError, "explicitly set as boolean"),
        (lambda: tf.estimator.inputs.numpy_input_fn(X, Y[1:], shuffle=True)(), ValueError, "99"),
        (lambda: tf.estimator.TrainSpec(3), TypeError, "must be callable"),
        (lambda: tf.estimator.EvalSpec(_input(), steps=0), ValueError, "steps > 0"),
    ],
)
def test_what_cannot_be_is_refused(make, error, message):
    with tf.Graph().as_default(), pytest.raises(error, match=message):
        make()


def test_steps_are_told_once(estimator):
    with pytest.raises(ValueError, match="both steps and max_steps"):
        estimator.train(_input(), steps=1, max_steps=1)
    with pytest.raises(ValueError, match="steps > 0, given: 0"):
        estimator.evaluate(_input(), steps=0)


def test_nothing_is_known_of_a_model_that_was_not_trained(estimator):
    with pytest.raises(ValueError, match="Could not find trained model"):
        estimator.get_variable_names()
