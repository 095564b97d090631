"""What happens, in which order: one module per documented flow. Deterministic, without I/O."""
