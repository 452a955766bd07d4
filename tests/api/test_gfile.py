"""`tf.gfile` and `tf.io.gfile`, in a folder of their own; what is asserted was seen on TensorFlow."""

import os
import pathlib

import pytest

import undertow as tf
from undertow.api import file_io


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def made(name, content=b"x"):
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return name


def test_text_is_utf8_and_comes_back():
    with tf.gfile.GFile("a", "w") as file:
        assert file.write("héllo\n") is None
        file.write(b"bytes too")
    assert tf.gfile.GFile("a").read() == "héllo\nbytes too"
    assert tf.gfile.GFile("a", "rb").read() == "héllo\nbytes too".encode()


def test_lines_end_with_a_newline_and_lose_a_carriage_return():
    made("a", b"one\r\ntwo\nlast")
    assert tf.gfile.GFile("a").readline() == "one\n"
    assert tf.gfile.GFile("a").readlines() == list(tf.gfile.GFile("a")) == ["one\n", "two\n", "last"]
    assert list(tf.gfile.Open("a", "rb")) == [b"one\n", b"two\n", b"last"]
    assert tf.gfile.GFile("a").read() == "one\r\ntwo\nlast"


def test_places_and_counts_are_in_bytes():
    file = tf.gfile.GFile(made("a", "hé".encode() + b"0123456789"))
    assert (file.read(3), file.tell(), file.size()) == ("hé", 3, 13)
    file.seek(-2, 2)
    assert file.read() == "89"
    file.seek(offset=4)
    file.seek(1, 1)
    assert file.tell() == 5
    file.seek(position=0)
    assert file.read(0) == ""
    assert file.seekable()


def test_a_character_cut_in_two_is_a_unicode_error():
    with pytest.raises(UnicodeDecodeError):
        tf.gfile.GFile(made("a", "é".encode())).read(1)


@pytest.mark.parametrize(
    ("place", "error", "sentence"),
    [
        ((4,), tf.errors.OutOfRangeError, "reached end of file"),
        ((-1,), tf.errors.InvalidArgumentError, "Seeking to a negative position: -1"),
        ((0, 7), tf.errors.InvalidArgumentError, "Invalid whence argument: 7"),
        ((), TypeError, "offset argument required"),
    ],
)
def test_a_place_that_is_not_in_the_file_cannot_be_sought(place, error, sentence):
    with pytest.raises(error, match=sentence):
        tf.gfile.GFile(made("a", b"abc")).seek(*place)


def test_a_file_is_opened_when_it_is_first_used():
    file = tf.gfile.GFile("no")
    with pytest.raises(tf.errors.NotFoundError, match=r"^no; No such file or directory$"):
        file.read()
    made("old", b"old")
    tf.gfile.GFile("old", "w").close()
    assert tf.gfile.GFile("old").read() == "old"


@pytest.mark.parametrize(("mode", "method", "args"), [("w", "read", ()), ("a", "readline", ()), ("r", "write", ("x",))])
def test_a_file_is_not_used_against_its_mode(mode, method, args):
    with pytest.raises(tf.errors.PermissionDeniedError, match=r"File isn't open for (reading|writing)"):
        getattr(tf.gfile.GFile(made("a"), mode), method)(*args)


def test_only_tensorflows_modes_are_modes():
    with pytest.raises(tf.errors.InvalidArgumentError, match="mode is not 'r' or 'w'"):
        tf.gfile.GFile("a", "x")


def test_appending_goes_on_and_plus_reads_what_is_written():
    with tf.gfile.GFile(made("a", b"one"), "a") as file:
        file.write("two")
    with tf.gfile.GFile("a", "a+") as file:
        file.write("three")
        assert file.read() == "onetwothree"


def test_flush_makes_what_is_written_visible_and_close_may_come_twice():
    file = tf.gfile.GFile("a", "w")
    file.write("abc")
    assert file.tell() == 3
    file.flush()
    assert tf.gfile.GFile("a").read() == "abc"
    file.close()
    file.close()
    assert (file.name, file.mode) == ("a", "w")


def test_what_is_neither_text_nor_bytes_is_not_written():
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
        tf.gfile.GFile("a", "w").write(3)


def test_a_path_may_be_bytes_a_path_object_or_a_file_url(tmp_path):
    made("a", b"abc")
    for path in (b"a", pathlib.Path("a"), f"file://{tmp_path}/a"):
        assert tf.gfile.Exists(path)
        assert tf.gfile.GFile(path).read() == "abc"


def test_other_file_systems_are_not_there():
    with pytest.raises(tf.errors.UnimplementedError, match="File system scheme 'gs' not implemented"):
        tf.gfile.Exists("gs://bucket/a")


def test_exists_and_isdirectory_tell_what_is_there():
    made("d/a")
    assert [tf.gfile.Exists(p) for p in ("d", "d/a", "no", "")] == [True, True, False, False]
    assert [tf.gfile.IsDirectory(p) for p in ("d", "d/a", "no")] == [True, False, False]


def test_mkdir_makes_one_folder_and_makedirs_all_of_them():
    tf.gfile.MakeDirs("a/b/c")
    tf.gfile.MakeDirs("a/b/c")
    tf.gfile.MkDir("d")
    with pytest.raises(tf.errors.AlreadyExistsError):
        tf.gfile.MkDir("d")
    with pytest.raises(tf.errors.NotFoundError):
        tf.gfile.MkDir("x/y")
    with pytest.raises(tf.errors.FailedPreconditionError, match="f is not a directory"):
        tf.gfile.MakeDirs(made("f"))


def test_a_folder_is_listed_by_name_only():
    made("d/a")
    made("d/e/b")
    assert tf.gfile.ListDirectory("d") == ["a", "e"]
    for path in ("no", "d/a"):
        with pytest.raises(tf.errors.NotFoundError, match=f"Could not find directory {path}"):
            tf.gfile.ListDirectory(path)


def test_walk_goes_down_in_order_or_up():
    made("d/a")
    made("d/e/b")
    down = [("d", ["e"], ["a"]), ("d/e", [], ["b"])]
    assert list(tf.gfile.Walk("d")) == down
    assert list(tf.gfile.Walk("d", in_order=False)) == down[::-1]
    assert list(tf.io.gfile.walk("d", topdown=False)) == down[::-1]
    assert list(tf.gfile.Walk("no")) == []


def test_walk_hands_the_error_of_a_missing_folder_to_onerror():
    errors = []
    assert list(tf.io.gfile.walk("no", onerror=errors.append)) == []
    assert [type(e) for e in errors] == [tf.errors.NotFoundError]


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("a*", ["./a1", "./a2"]),
        ("*", ["./.hidden", "./a1", "./a2", "./d"]),  # a leading dot is nothing special
        ("./a1", ["./a1"]),
        ("a1", ["a1"]),
        ("d/*/*.txt", ["d/e/f.txt", "d/e/g.txt"]),
        ("*/e", ["./d/e"]),
        ("**/f.txt", []),
        ("d/*", ["d/e"]),
        ("a[^1]", ["./a2"]),
        ("a[!1]", ["./a2"]),
        ("a?", ["./a1", "./a2"]),
        ("d/", ["d/"]),
        ("d//e/*", ["d//e/f.txt", "d//e/g.txt"]),
        ("no*", []),
        ("no/a*", []),
        (["a?", "no", "d"], ["./a1", "./a2", "d"]),
    ],
)
def test_glob(pattern, paths):
    for name in (".hidden", "a1", "a2", "d/e/f.txt", "d/e/g.txt"):
        made(name)
    assert tf.gfile.Glob(pattern) == tf.io.gfile.glob(pattern) == paths


def test_glob_of_an_absolute_pattern_gives_absolute_paths(tmp_path):
    made("a1")
    assert tf.gfile.Glob(f"{tmp_path}/a*") == [f"{tmp_path}/a1"]


def test_remove_deletes_files_only():
    tf.gfile.Remove(made("a"))
    with pytest.raises(tf.errors.NotFoundError, match="a; No such file"):
        tf.gfile.Remove("a")
    tf.gfile.MkDir("d")
    with pytest.raises(tf.errors.FailedPreconditionError, match="d; Is a directory"):
        tf.gfile.Remove("d")


def test_deleterecursively_deletes_a_folder_and_follows_no_link():
    made("kept/a")
    made("d/e/b")
    os.symlink("../kept", "d/link")
    tf.gfile.DeleteRecursively("d")
    assert os.listdir() == ["kept"] and os.listdir("kept") == ["a"]
    with pytest.raises(tf.errors.NotFoundError, match="d not found"):
        tf.io.gfile.rmtree("d")


@pytest.mark.parametrize("function", [tf.gfile.Copy, tf.gfile.Rename, tf.io.gfile.copy, tf.io.gfile.rename])
def test_what_is_there_is_overwritten_only_when_told(function):
    made("a", b"new")
    made("b", b"old")
    with pytest.raises(tf.errors.AlreadyExistsError, match="file already exists: b"):
        function("a", "b")
    function("a", "b", overwrite=True)
    assert tf.gfile.GFile("b").read() == "new"
    with pytest.raises(tf.errors.NotFoundError, match="no; No such file"):
        function("no", "c")


def test_a_copy_that_fails_leaves_nothing_behind():
    made("a")
    tf.gfile.MkDir("d")
    with pytest.raises(tf.errors.NotFoundError, match=r"^no/b; No such file or directory$"):
        tf.gfile.Copy("a", "no/b")
    with pytest.raises(tf.errors.FailedPreconditionError, match="d; Is a directory"):
        tf.gfile.Copy("a", "d", overwrite=True)
    with pytest.raises(tf.errors.FailedPreconditionError, match="d; Is a directory"):
        tf.gfile.Copy("d", "c")
    assert sorted(os.listdir()) == ["a", "d"]


def test_stat_tells_length_time_and_kind():
    found = tf.gfile.Stat(made("a", b"abc"))
    assert (found.length, found.is_directory) == (3, False)
    assert found.mtime_nsec == os.stat("a").st_mtime_ns
    assert tf.io.gfile.stat(".").is_directory
    with pytest.raises(tf.errors.NotFoundError):
        tf.gfile.Stat("no")


def test_whole_files_are_read_and_written_at_once():
    file_io.write_string_to_file("a", "né")
    assert file_io.read_file_to_string("a") == "né"
    assert file_io.read_file_to_string("a", binary_mode=True) == "né".encode()
    with pytest.raises(tf.errors.AlreadyExistsError):
        file_io.atomic_write_string_to_file("a", "b", overwrite=False)
    with pytest.raises(tf.errors.NotFoundError):
        file_io.write_string_to_file("no/a", "b")
