"""What touches the outside world: one class per role, one external write per activity."""
