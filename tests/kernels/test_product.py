"""Products of matrices are the same by whichever library, for every layout of their factors."""

import itertools

import pytest
import torch

from undertow.kernels import product

LAYOUTS = {
    "rows": lambda m, k: torch.randn(m, k),
    "columns": lambda m, k: torch.randn(k, m).t(),
    "one row": lambda m, k: torch.randn(1, k).expand(m, k),
    "one column": lambda m, k: torch.randn(m, 1).expand(m, k),
    "a slice": lambda m, k: torch.randn(m, k + 5)[:, 2 : k + 2],
    "every second": lambda m, k: torch.randn(2 * m, 2 * k)[::2, ::2],
}


@pytest.mark.parametrize("left, right", list(itertools.product(LAYOUTS, LAYOUTS)))
def test_value_and_both_derivatives_are_those_of_the_plain_product(left, right, monkeypatch):
    monkeypatch.setattr(product, "LARGE", 0)
    torch.manual_seed(0)
    a = LAYOUTS[left](5, 7).requires_grad_()
    b = LAYOUTS[right](7, 3).requires_grad_()
    found, expected = [], []
    for results, multiply in ((found, product.product), (expected, torch.mm)):
        value = multiply(a, b)
        first = torch.autograd.grad(value.pow(2).sum(), [a, b], create_graph=True)
        second = torch.autograd.grad(first[0].pow(2).sum(), [a, b])
        results.extend([value, *first, *second])
    for one, other in zip(found, expected):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_a_product_that_does_not_fit_is_refused_by_torch(monkeypatch):
    monkeypatch.setattr(product, "LARGE", 0)
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        product.product(torch.ones(2, 3), torch.ones(4, 2))
