"""What a program is: graphs of operations. Pure Python and NumPy."""
