"""`tf.logging`."""

import logging
import subprocess
import sys

import pytest

import undertow as tf


def stderr_of(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr


@pytest.fixture
def messages(caplog):
    """What is logged, as (level name, message), from INFO."""
    before = tf.logging.get_verbosity()
    tf.logging.set_verbosity(tf.logging.INFO)
    yield lambda: [(r.levelname, r.getMessage()) for r in caplog.records]
    tf.logging.set_verbosity(before)


def test_a_message_goes_to_stderr_once_with_its_level_and_the_loggers_name():
    code = "import undertow as tf; tf.logging.warn('at %d', 3); tf.logging.info('not this'); tf.logging.fatal('f')"
    assert stderr_of(code) == "WARNING:tensorflow:at 3\nCRITICAL:tensorflow:f\n"


def test_a_root_logger_that_is_set_up_before_writes_alone():
    code = "import logging; logging.basicConfig(format='ROOT %(message)s')\nimport undertow as tf; tf.logging.warn('w')"
    assert stderr_of(code) == "ROOT w\n"


def test_pythons_own_logger_of_that_name_sets_the_level():
    code = (
        "import logging, undertow as tf; logging.getLogger('tensorflow').setLevel(logging.ERROR)\n"
        "tf.logging.warn('no'); tf.logging.error('yes')"
    )
    assert stderr_of(code) == "ERROR:tensorflow:yes\n"


def test_the_levels_are_pythons():
    found = [getattr(tf.logging, n) for n in ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")]
    assert found == [10, 20, 30, 40, 50]


def test_the_verbosity_is_the_level_from_which_messages_are_logged(messages):
    tf.logging.set_verbosity("ERROR")
    assert tf.logging.get_verbosity() == tf.logging.ERROR
    tf.logging.warning("no")
    tf.logging.error("100% sure")
    assert messages() == [("ERROR", "100% sure")]
    with pytest.raises(ValueError, match="Unknown level"):
        tf.logging.set_verbosity("nope")


def test_each_function_logs_at_its_level(messages):
    for function in (tf.logging.debug, tf.logging.info, tf.logging.warn, tf.logging.error):
        function("m %s", 1)
    tf.logging.log(tf.logging.ERROR, "log %d", 2)
    tf.logging.vlog(1, "below")
    tf.logging.TaskLevelStatusMessage("task")
    assert messages() == [
        ("INFO", "m 1"), ("WARNING", "m 1"), ("ERROR", "m 1"), ("ERROR", "log 2"), ("ERROR", "task"),
    ]  # fmt: skip


def test_a_line_of_a_loop_is_logged_first_n_times_every_nth_time_or_if(messages):
    for i in range(5):
        tf.logging.log_first_n(tf.logging.INFO, "first %d", 2, i)
        tf.logging.log_every_n(tf.logging.INFO, "every %d", 2, i)
        tf.logging.log_if(tf.logging.INFO, "if %d", i == 3, i)
    assert [m for _, m in messages()] == ["first 0", "every 0", "first 1", "every 2", "if 3", "every 4"]


def test_a_message_tells_where_the_program_logged_it(caplog, messages):
    tf.logging.info("here")
    assert caplog.records[0].filename == "test_logging.py"


def test_the_logger_is_to_be_had():
    assert tf.get_logger() is logging.getLogger("tensorflow")
