"""`undertow run`: a program finds everything as under python."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from undertow.cli import __version__


@pytest.fixture
def undertow(tmp_path):
    """Run `undertow ARGS…` in an empty folder; the completed process, its output as text."""

    def run(*args, **kwargs):
        kwargs.setdefault("cwd", tmp_path)
        command = [sys.executable, "-m", "undertow", *map(str, args)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, **kwargs)

    return run


@pytest.fixture
def program(tmp_path):
    """Write a program and return its path."""

    def write(text, name="program.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


# The command line.


def test_version_is_the_packages(undertow):
    assert undertow("--version").stdout == f"undertow {__version__}\n"


def test_help_names_what_is_built(undertow):
    text = undertow("--help").stdout
    assert all(command in text for command in ("run", "check", "inspect"))


def test_neither_help_nor_an_empty_program_imports_torch(undertow):
    shown = undertow("run", "-c", "import sys; print('torch' in sys.modules, 'matplotlib' in sys.modules)")
    assert shown.stdout == "False False\n"


@pytest.mark.parametrize("args", [["--help"], ["run", "-c", "pass"]])
def test_the_command_answers_at_once(undertow, args):
    def seconds():
        before = os.times()
        assert undertow(*args).returncode == 0
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    assert min(seconds() for _ in range(3)) < 0.4  # of CPU time, which a busy machine does not lengthen much


def test_nothing_to_run_is_one_sentence_and_exit_2(undertow):
    done = undertow("run")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "undertow: nothing to run: give a SCRIPT, -m MODULE or -c CODE\n"


def test_a_missing_script_is_one_sentence_and_exit_2(undertow):
    done = undertow("run", "absent.py")
    assert (done.returncode, done.stderr) == (2, "undertow: cannot read absent.py: No such file or directory\n")


def test_a_missing_module_is_one_sentence_and_exit_1_as_python_has_it(undertow):
    done = undertow("run", "-m", "absent.module")
    assert (done.returncode, done.stderr) == (1, "undertow: no module named absent.module\n")


def test_options_after_the_program_are_the_programs(undertow, program):
    path = program("import sys; print(sys.argv[1:])")
    args = ["--verbose", "--figures", "x", "-c", "1", "--", "--help", "-m"]
    assert undertow("run", path, *args).stdout == f"{args}\n"
    assert undertow("run", "-c", "import sys; print(sys.argv)", *args).stdout == f"{['-c', *args]}\n"
    assert undertow("run", "-m", "program", *args, cwd=path.parent).stdout == f"{args}\n"


# What a program finds.

REPORT = """
import sys
print(sys.argv, __name__, globals().get("__file__"), sys.path[0], sys.modules["__main__"].__dict__ is globals())
"""


def test_a_script_has_its_own_folder_first_and_its_path_as_given(undertow, program, tmp_path):
    program(REPORT, "report.py")
    (tmp_path / "elsewhere").mkdir()
    done = undertow("run", "../report.py", "a", cwd=tmp_path / "elsewhere")
    assert done.stdout == f"['../report.py', 'a'] __main__ ../report.py {tmp_path} True\n"


def test_code_has_the_working_folder_first_and_no_file(undertow):
    assert undertow("run", "-c", REPORT, "a").stdout == "['-c', 'a'] __main__ None  True\n"


def test_a_module_has_the_working_folder_first_and_its_full_path(undertow, program, tmp_path):
    path = program(REPORT, "report.py")
    assert undertow("run", "-m", "report", "a").stdout == f"[{str(path)!r}, 'a'] __main__ {path} {tmp_path} True\n"


def test_a_package_runs_its_main_module_with_relative_imports(undertow, tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("name = 'package'")
    (tmp_path / "package" / "__main__.py").write_text("from . import name; print(name, __package__, __spec__.name)")
    assert undertow("run", "-m", "package").stdout == "package package package.__main__\n"


def test_a_folder_with_a_main_is_a_program(undertow, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "__main__.py").write_text("import beside")
    (tmp_path / "folder" / "beside.py").write_text("print('beside')")
    assert undertow("run", "folder").stdout == "beside\n"


def test_a_dash_is_the_program_on_stdin(undertow):
    assert undertow("run", "-", "a", input=REPORT).stdout == "['-', 'a'] __main__ None  True\n"


def test_a_class_of_the_program_can_be_pickled(undertow, program):
    path = program("import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)")
    assert undertow("run", path).stdout == "True\n"


def test_a_coding_cookie_is_honoured(undertow, tmp_path):
    (tmp_path / "old.py").write_bytes("# -*- coding: gbk -*-\nprint(len('\u56fe\u50cf'))".encode("gbk"))
    assert undertow("run", "old.py").stdout == "2\n"


def test_pytest_runs_as_a_module(undertow, program):
    program(
        "import tensorflow as tf\ndef test_version():\n    assert tf.__version__.startswith('1.15')\n", "test_it.py"
    )
    done = undertow("run", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout


# How a program ends.


@pytest.mark.parametrize(
    ("code", "status", "stderr"),
    [
        ("pass", 0, ""),
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit(7)", 7, ""),
        ("import sys; sys.exit('in words')", 1, "in words\n"),
    ],
)
def test_the_exit_code_is_the_programs(undertow, code, status, stderr):
    done = undertow("run", "-c", code)
    assert (done.returncode, done.stderr) == (status, stderr)


def test_an_exception_shows_the_programs_lines_and_exits_1(undertow, program):
    path = program("def f():\n    raise KeyError('k')\n\nf()\n")
    done = undertow("run", path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "Traceback (most recent call last):"
    assert [line for line in done.stderr.splitlines() if line.startswith("  File")] == [
        f'  File "{path}", line 4, in <module>',
        f'  File "{path}", line 2, in f',
    ]
    assert done.stderr.endswith("KeyError: 'k'\n")


def test_a_traceback_leaves_out_our_lines_and_keeps_the_message(undertow, program):
    path = program("import tensorflow as tf\nx = tf.zeros([2, 3])\ntf.matmul(x, x)\n")
    done = undertow("run", path)
    files = [line for line in done.stderr.splitlines() if line.startswith("  File")]
    assert files == [f'  File "{path}", line 3, in <module>']
    assert done.stderr.splitlines()[-1].startswith("ValueError: ")


def test_verbose_tells_what_becomes_of_runs(undertow):
    code = "import tensorflow as tf; tf.Session().run(tf.constant(1))"
    assert "undertow: Sessions run on " in undertow("run", "--verbose", "-c", code).stderr
    assert undertow("run", "-c", code).stderr == ""


def test_verbose_keeps_our_lines(undertow, program):
    path = program("import tensorflow as tf\nx = tf.zeros([2, 3])\ntf.matmul(x, x)\n")
    assert "undertow/ops" in undertow("run", "--verbose", path).stderr.replace(os.sep, "/")


def test_a_syntax_error_is_shown_as_python_shows_it(undertow, program):
    path = program("x = (\n")
    done = undertow("run", path)
    bare = subprocess.run([sys.executable, str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (bare.returncode, bare.stderr)


def test_the_programs_own_excepthook_is_used(undertow):
    done = undertow("run", "-c", "import sys\nsys.excepthook = lambda *e: print('mine', e[0].__name__)\n1/0")
    assert (done.returncode, done.stdout, done.stderr) == (1, "mine ZeroDivisionError\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupt_ends_as_under_python(undertow):
    heard = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # not so where pytest runs in the background
    done = undertow(
        "run", "-c", f"import os, signal, time; {heard}; os.kill(os.getpid(), signal.SIGINT); time.sleep(9)"
    )
    assert done.returncode in (-signal.SIGINT, 130)  # a shell reports the first as the second
    assert done.stderr.rstrip().endswith("KeyboardInterrupt")


# What only IPython understands.


def test_magics_are_left_out_and_line_numbers_stay(undertow, program):
    path = program(
        "%load_ext autoreload\n%matplotlib inline\nif True:\n    !ls \"it's\n    %time x = 1\nprint(x)\n1/0\n"
    )
    done = undertow("run", path)
    assert done.stdout == "1\n"
    told, *rest = done.stderr.splitlines()
    assert told.startswith(f"undertow: {path}: left out what only IPython runs: ")
    assert f'  File "{path}", line 7, in <module>' in rest


def test_a_percent_that_is_python_stays(undertow, program):
    path = program("x = ('%d'\n%(3))\ny = 7 \\\n%4\nprint(x, y)\n")
    done = undertow("run", path)
    assert (done.stdout, done.stderr) == ("3 3\n", "")


def notebook(*cells, version=4):
    if version == 3:
        return json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": list(cell)} for cell in cells]}]})
    kinds = [{"cell_type": kind, "source": source} for kind, source in cells]
    return json.dumps({"nbformat": 4, "cells": kinds})


def test_a_notebook_runs_its_code_cells_in_order(undertow, program):
    cells = [
        ("code", ["%matplotlib inline\n", "x = 1"]),
        ("markdown", "# not code"),
        ("code", "%%bash\nrm -rf nothing"),
        ("code", "%%time\nprint(x, __name__)"),
    ]
    done = undertow("run", program(notebook(*cells), "n.ipynb"))
    assert (done.returncode, done.stdout) == (0, "1 __main__\n")
    assert done.stderr.count("\n") == 1


def test_an_error_in_a_notebook_names_the_cell_and_its_line(undertow, program):
    path = program(notebook(("code", "x = 1"), ("code", ["\n", "1/0\n"])), "n.ipynb")
    stderr = undertow("run", path).stderr
    assert f'  File "{path}, cell 2", line 2, in <module>\n    1/0' in stderr


def test_a_notebook_of_version_3_runs(undertow, program):
    assert undertow("run", program(notebook(["print(3)"], version=3), "n.ipynb")).stdout == "3\n"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}', '{"cells": [{}]}', "not json"])
def test_what_is_no_notebook_is_one_sentence_and_exit_2(undertow, program, text):
    path = program(text, "n.ipynb")
    done = undertow("run", path)
    assert (done.returncode, done.stderr) == (2, f"undertow: cannot run {path}: it is not a Jupyter notebook\n")


# Figures.

DRAW = """
import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
plt.figure(); plt.plot([1, 2])
plt.figure(); plt.plot([2, 1])
plt.show()
print(plt.get_fignums())
plt.plot([3]); plt.show(block=True)
"""


def test_every_shown_figure_is_saved_and_closed(undertow, tmp_path):
    done = undertow("run", "--figures", "pictures/here", "-c", DRAW)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
    names = sorted(path.name for path in (tmp_path / "pictures" / "here").iterdir())
    assert names == ["figure-01.png", "figure-02.png", "figure-03.png"]
    assert (tmp_path / "pictures" / "here" / "figure-03.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a machine without a screen")
def test_without_a_screen_show_neither_blocks_nor_fails(undertow):
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")}
    done = undertow("run", "-c", DRAW, env=environment)
    assert (done.returncode, done.stdout) == (0, "[]\n")
    assert done.stderr == "undertow: there is no screen, so plt.show() shows nothing; --figures DIR saves it\n"


def test_a_figures_folder_that_is_a_file_is_one_sentence_and_exit_2(undertow, program):
    done = undertow("run", "--figures", program("", "taken"), "-c", "pass")
    assert done.returncode == 2
    assert done.stderr.startswith("undertow: --figures ") and done.stderr.count("\n") == 1
