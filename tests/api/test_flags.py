"""`tf.flags` and `tf.app`. Each program runs in a process of its own: flags are one set for the whole process."""

import subprocess
import sys

DEFINE = """
import sys
import undertow as tf
flags = tf.app.flags
flags.DEFINE_string("name", "x", "a name")
flags.DEFINE_boolean("fast", False, "a bool")
flags.DEFINE_integer("steps", 3, "how many")
flags.DEFINE_float("rate", 0.5, "how fast")
FLAGS = flags.FLAGS
"""


def run(code, *args):
    """(exit code, stdout, stderr) of the program DEFINE + code."""
    done = subprocess.run([sys.executable, "-c", DEFINE + code, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_flags_are_parsed_when_the_first_is_read_without_app_run():
    code, out, _ = run("print(FLAGS.steps, FLAGS.fast, FLAGS.rate, FLAGS.name, sys.argv)", "--steps=4", "--fast")
    assert (code, out) == (0, "4 True 0.5 x ['-c', '--steps=4', '--fast']\n")


def test_run_calls_the_programs_main_with_what_is_no_flag_and_exits_with_what_it_returns():
    code, out, _ = run("def main(argv):\n print(argv, FLAGS.steps)\n return 5\ntf.app.run()", "--steps", "4", "rest")
    assert (code, out) == (5, "['-c', 'rest'] 4\n")


def test_run_leaves_unknown_flags_to_main():
    code, out, _ = run("tf.app.run(main=lambda argv: print(argv, FLAGS.steps))", "--other=1", "--steps=4")
    assert (code, out) == (0, "['-c', '--other=1'] 4\n")


def test_run_takes_an_argv_in_place_of_the_command_line():
    code, out, _ = run("tf.app.run(lambda argv: print(argv, FLAGS.steps), ['p', '--steps=9', 'rest'])", "--steps=1")
    assert (code, out) == (0, "['p', 'rest'] 9\n")


def test_run_without_a_main_says_so():
    code, _, err = run("tf.app.run()")
    assert code == 1
    assert "pass it as tf.app.run(main)" in err


def test_a_value_that_a_flag_cannot_have_is_one_sentence_and_exit_code_1():
    code, _, err = run("tf.app.run(print)", "--steps=abc")
    assert code == 1
    assert "flag --steps=abc: invalid literal for int() with base 10: 'abc'" in err
    assert "Traceback" not in err


def test_a_required_flag_must_be_given():
    code = "flags.DEFINE_string('data', None, ''); flags.mark_flag_as_required('data')\ntf.app.run(lambda _: print(1))"
    assert run(code)[:2] == (1, "")
    assert "Flag --data must have a value other than None" in run(code)[2]
    assert run(code, "--data=x")[:2] == (0, "1\n")


def test_help_lists_the_programs_flags_and_not_ours():
    code, out, err = run("tf.app.run(print)", "--help")
    assert code == 1
    assert "--steps: how many" in out + err
    assert "--log_dir" not in out + err


def test_an_unknown_flag_is_an_error_without_app_run():
    code, _, err = run("FLAGS.steps", "--other=1")
    assert code == 1
    assert "Unknown command line flag 'other'" in err


def test_tensorflows_old_keywords_name_a_flags_parts():
    code, out, _ = run(
        "flags.DEFINE_integer(flag_name='q', default_value=3, docstring='d'); print(FLAGS.q, FLAGS['q'].help)"
    )
    assert (code, out) == (0, "3 d\n")


def test_a_program_may_define_a_flag_that_absl_has_too():
    code, out, _ = run("flags.DEFINE_string('log_dir', '/logs', 'd'); tf.app.run(lambda _: print(FLAGS.log_dir))")
    assert (code, out) == (0, "/logs\n")


def test_a_program_may_not_define_a_flag_twice():
    code, _, err = run("flags.DEFINE_integer('steps', 1, 'd')")
    assert code == 1
    assert "The flag 'steps' is defined twice" in err


def test_all_flags_are_found_as_programs_look_for_them():
    code, out, _ = run(
        "FLAGS._parse_flags()\n"
        "print(FLAGS.__flags['steps'].value, FLAGS.flag_values_dict()['steps'], 'steps' in FLAGS, 'no' in FLAGS)\n"
        "print(set(FLAGS.__flags) == set(FLAGS) == set(dir(FLAGS)), len(FLAGS) == len(list(FLAGS)))",
        "--steps=8",
    )
    assert (code, out) == (0, "8 8 True False\nTrue True\n")


def test_a_flag_is_set_and_deleted_but_not_invented():
    code, out, err = run("FLAGS.steps = 7\nprint(FLAGS.steps)\ndel FLAGS.name\nprint('name' in FLAGS)\nFLAGS.new = 1")
    assert (code, out) == (1, "7\nFalse\n")
    assert "Unknown command line flag 'new'" in err


def test_the_other_kinds_of_flags_are_absls():
    code, out, _ = run(
        "flags.DEFINE_enum('kind', 'a', ['a', 'b'], 'd'); flags.DEFINE_list('items', ['x'], 'd')\n"
        "flags.DEFINE_multi_integer('n', [1], 'd')\nprint(FLAGS.kind, FLAGS.items, FLAGS.n)",
        "--kind=b", "--items=1,2", "--n=5", "--n=6",
    )  # fmt: skip
    assert (code, out) == (0, "b ['1', '2'] [5, 6]\n")


def test_what_absl_lacks_is_no_name_of_flags():
    code, _, err = run("flags.DEFINE_nothing")
    assert code == 1
    assert "tf.flags.DEFINE_nothing is not built in Undertow" in err
