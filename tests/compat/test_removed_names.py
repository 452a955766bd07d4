"""What NumPy, SciPy and Python removed is there after `compat.install()`, and only then."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.fixture
def python(tmp_path):
    """Run code in a process of its own after `compat.install()`; what it printed, and its stderr."""

    def run(code, install="from undertow import compat; compat.install()"):
        command = [sys.executable, "-W", "ignore", "-c", f"{install}\n{code}"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    return run


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("np.int, np.float, np.object, np.str, np.complex", "(int, float, object, str, complex)"),
        ("np.bool in (bool, np.bool_)", "True"),
        ("np.float_, np.complex_, np.unicode_, np.string_", "(np.float64, np.complex128, np.str_, np.bytes_)"),
        ("np.Inf, np.NINF, np.infty, np.isnan(np.NaN), np.isnan(np.NAN)", "(np.inf, -np.inf, np.inf, True, True)"),
        ("np.product([2, 3]), np.cumproduct([2, 3]).tolist()", "(6, [2, 6])"),
        ("np.alltrue([1, 0]), np.sometrue([1, 0])", "(False, True)"),
        ("np.in1d([[1, 2], [3, 4]], [2, 3]).tolist()", "[False, True, True, False]"),
        ("np.trapz([1, 2, 3])", "4.0"),
        ("np.asscalar(np.array([7]))", "7"),
        ("np.msort([[3, 1], [2, 5]]).tolist()", "[[2, 1], [3, 5]]"),
        ("np.row_stack([[1], [2]]).shape, np.rank([[1]]), np.round_(2.5)", "((2, 1), 2, 2.0)"),
        ("np.find_common_type([np.float32], [np.int64, np.float64])", "np.dtype('float32')"),
        ("np.find_common_type([np.int32], [np.float32])", "np.dtype('float32')"),
        ("np.cast[np.int32]([1.5, 2.5]).tolist()", "[1, 2]"),
        ("np.asfarray([1, 2]).dtype, np.asfarray([1], np.float32).dtype", "(np.dtype('float64'), np.dtype('float32'))"),
        ("type(np.mat('1 2'))", "np.matrix"),
        (
            "np.fromstring(b'ab', dtype=np.uint8).tolist(), np.fromstring('1 2', sep=' ').tolist()",
            "([97, 98], [1.0, 2.0])",
        ),
        ("np.array([1, 2], np.uint8).tostring(), np.array([1, 5]).ptp()", "(b'\\x01\\x02', 4)"),
        ("np.array([[1, 2], [3]]).tolist(), np.asarray([(np.ones(3), 0)]).shape", "([[1, 2], [3]], (1, 2))"),
        ("np.array([1, 256], np.int16).newbyteorder().tolist()", "[256, 1]"),
    ],
)
def test_numpys_removed_names_mean_what_they_meant(python, expression, value):
    stdout, stderr = python(f"import numpy as np\nprint(({expression}) == ({value}), {expression})")
    assert stdout.startswith("True "), stdout
    assert stderr.count("\n") <= 1


def test_rows_of_different_lengths_are_refused_where_a_type_is_asked_for(python):
    code = "import numpy as np\ntry: np.array([[1, 2], [3]], dtype=float)\nexcept ValueError as e: print(str(e)[:32])"
    assert python(code)[0] == "setting an array element with a \n"


def test_itemset_sets_by_flat_index_or_by_place(python):
    code = "import numpy as np\na = np.zeros((2, 2))\na.itemset(3, 1)\na.itemset((0, 1), 2)\nprint(a.tolist())"
    assert python(code)[0] == "[[0.0, 2.0], [0.0, 1.0]]\n"


def test_numpys_removed_names_are_told_once(python):
    _, stderr = python("import numpy as np\nnp.float, np.int, np.Inf, np.product([1])")
    assert stderr == "undertow: numpy.float no longer exists; it is served, as are the others that old programs use\n"


def test_a_program_that_uses_none_of_them_sees_no_difference(python):
    code = "import sys\nimport numpy as np\nprint(sorted(dir(np)), np.zeros(2).sum(), np.random.rand is not None)"
    assert python(code) == python(code, install="")


def test_numpys_own_error_for_other_names_stays(python):
    code = "import numpy as np\ntry: np.no_such\nexcept AttributeError as e: print(e)"
    assert python(code)[0] == "module 'numpy' has no attribute 'no_such'\n"


def test_a_numpy_imported_before_is_served_too(python):
    assert python("print(np.int)", install="import numpy as np; from undertow import compat; compat.install()")[0] == (
        "<class 'int'>\n"
    )


def test_install_imports_none_of_what_it_serves(python):
    code = "import sys; print([m for m in ('numpy', 'scipy', 'matplotlib', 'PIL', 'torch') if m in sys.modules])"
    before = python(code, install="import undertow")[0]
    assert python(code)[0] == before


def test_the_libraries_below_us_use_none_of_the_removed_names(python):
    code = "import numpy, torch, matplotlib.pyplot, sklearn, PIL.Image, tensorboard.compat, typer"
    assert python(code)[1] == ""


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("import collections, collections.abc; print(collections.Mapping is collections.abc.Mapping)", "True"),
        ("from collections import Iterable, Sequence; print(isinstance([], Iterable))", "True"),
        ("import time; print(time.clock() >= 0)", "True"),
        ("import inspect; print(tuple(inspect.getargspec(lambda a, b=1, *c, **d: 0)))", "(['a', 'b'], 'c', 'd', (1,))"),
        ("import fractions; print(fractions.gcd(12, 18))", "6"),
        ("from cgi import escape; print(escape('<'))" if sys.version_info < (3, 13) else "print('&lt;')", "&lt;"),
        ("import imp; print(callable(imp.reload), callable(imp.load_source))", "True True"),
        ("import base64; print(base64.encodestring(b'a'))", "b'YQ==\\n'"),
        ("import xml.etree.cElementTree as e; print(e.fromstring('<a/>').tag)", "a"),
        ("import threading; print(threading.Thread().isAlive())", "False"),
    ],
)
def test_pythons_removed_names_mean_what_they_meant(python, code, printed):
    assert python(code)[0] == f"{printed}\n"


# scipy.misc, through Pillow.


def test_scipys_picture_functions_write_and_read_back(python):
    pytest.importorskip("scipy")
    code = """if True:
        import numpy as np
        import scipy.misc
        from scipy.misc import imread, imsave, imresize
        a = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
        imsave("a.png", a)
        print((imread("a.png") == a).all(), imread("a.png", mode="L").shape, imread("a.png", flatten=True).dtype)
        print(imresize(a, (4, 6)).shape, imresize(a, 50).shape, imresize(a, 2.0, interp="nearest").shape)
        print(scipy.misc.toimage(a.transpose(2, 0, 1)).size, scipy.misc.bytescale([0.0, 1.0, 2.0]).tolist())"""
    stdout, stderr = python(code)
    assert stdout.splitlines() == ["True (2, 3) float32", "(4, 6, 3) (1, 1, 3) (4, 6, 3)", "(3, 2) [0, 128, 255]"]
    assert stderr.count("\n") == 1


def test_scipys_arpack_is_where_it_was(python):
    pytest.importorskip("scipy")
    code = """if True:
        import numpy as np
        from scipy.sparse.linalg.eigen.arpack import eigsh
        print(eigsh(np.diag([1.0, 5.0, 2.0, 3.0]), 1, which="LM")[0].round(3))"""
    assert python(code)[0] == "[5.]\n"


def test_pillows_old_filters_are_the_new_ones(python):
    code = "from PIL import Image; print(Image.new('L', (4, 4)).resize((2, 2), Image.ANTIALIAS).size, Image.LINEAR)"
    assert python(code)[0] == "(2, 2) 2\n"
