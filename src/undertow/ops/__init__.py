"""What each op is: its signature in TensorFlow's registry, its shape rule, its Python function."""

from . import slicing as _slicing  # gives tensors `x[…]`
from .overloads import install as _install_operators

_install_operators()
