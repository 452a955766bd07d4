"""`tf.train.ProfilerHook`: a timeline of a step every so often."""

import json

import pytest

import undertow as tf


def test_timelines_are_written_every_so_many_steps_but_not_for_the_first(tmp_path):
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        train = tf.assign_add(step, 1)
        hook = tf.train.ProfilerHook(save_steps=2, output_dir=str(tmp_path))
        with tf.train.SingularMonitoredSession(hooks=[hook]) as s:
            for _ in range(4):
                s.run(train)
    assert sorted(p.name for p in tmp_path.glob("timeline-*")) == ["timeline-2.json", "timeline-4.json"]
    events = json.loads((tmp_path / "timeline-2.json").read_text())["traceEvents"]
    assert "AssignAdd" in {event["name"] for event in events}
    tf.summary.FileWriterCache.clear()
    (path,) = tmp_path.glob("events.*")
    tags = [e.tagged_run_metadata.tag for e in tf.train.summary_iterator(str(path)) if e.tagged_run_metadata.tag]
    assert tags == ["step_2", "step_4"]


@pytest.mark.parametrize("wrong", [{}, {"save_steps": 1, "save_secs": 1}])
def test_steps_or_seconds_must_be_given_and_not_both(wrong):
    with pytest.raises(ValueError, match="every_secs"):
        tf.train.ProfilerHook(**wrong)
