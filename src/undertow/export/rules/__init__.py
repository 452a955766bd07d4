"""What each op becomes in PyTorch, one file a family; see `export/table.py`."""
