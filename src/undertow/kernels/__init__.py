"""How each op is done: torch, one file a family, mirroring `ops/`."""
