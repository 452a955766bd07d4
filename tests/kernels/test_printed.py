"""Tensors as TensorFlow 2.21 prints them; the texts are its own."""

import numpy as np
import pytest
import torch

from undertow.kernels.printed import in_rows, summarized

CUBE = torch.arange(60.0).reshape(3, 4, 5)


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (torch.tensor(1), 3, "1"),
        (torch.tensor([1, 2, 3]), 3, "1 2 3"),
        (torch.tensor([1, 2, 3, 4]), 3, "1 2 3..."),
        (torch.tensor([1, 2, 3, 4]), -1, "1 2 3 4"),
        (torch.arange(6).reshape(2, 3), 3, "[0 1 2]..."),
        (torch.arange(12).reshape(3, 4), 3, "[0 1 2...]..."),
        (torch.arange(12).reshape(3, 4), 5, "[0 1 2 3][4...]..."),
        (torch.arange(8).reshape(2, 2, 2), 3, "[[0 1][2...]]..."),
        (CUBE, 3, "[[0 1 2...]]..."),
        (CUBE, 5, "[[0 1 2 3 4]]..."),
        (torch.zeros(0), 3, ""),
        (torch.tensor([True, False]), 3, "1 0"),
        (np.array([b'a\nb"c', "ÿ".encode()], object), 3, 'a\\nb\\"c ÿ'),
    ],
)
def test_one_line_cut_short(value, limit, text):
    assert summarized(value, limit) == text


@pytest.mark.parametrize(
    ("value", "ends", "text"),
    [
        (torch.tensor(1), 3, "1"),
        (torch.tensor([1, 2, 3, 4]), 3, "[1 2 3 4]"),
        (torch.tensor([1, 2, 3]), 1, "[1 ... 3]"),
        (torch.arange(12).reshape(3, 4), 1, "[[0 ... 3]\n ...\n [8 ... 11]]"),
        (torch.arange(8).reshape(2, 2, 2), 3, "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]"),
        (CUBE, 1, "[[[0 ... 4]\n  ...\n  [15 ... 19]]\n\n ...\n\n [[40 ... 44]\n  ...\n  [55 ... 59]]]"),
        (np.array([b"a", b"b"], object), 3, '["a" "b"]'),
    ],
)
def test_rows(value, ends, text):
    assert in_rows(value, ends) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e10, "1e+10"), (0.1, "0.1"), (1 / 3, "0.333333343"), (123456789.0, "123456792"), (1234567.0, "1234567"),
        (0.00001, "1e-05"), (-0.0, "-0"), (float("nan"), "nan"), (float("-inf"), "-inf"),
    ],
)  # fmt: skip
def test_floats_have_as_few_digits_as_tell_them_apart(number, text):
    assert summarized(torch.tensor(number), 3) == text
    half = torch.tensor(0.1, dtype=torch.float16)
    assert summarized(half, 3) == "0.0999755859"
    assert summarized(torch.tensor(0.1, dtype=torch.float64), 3) == "0.1"
