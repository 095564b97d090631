"""How Raccord uses Temporal: one plugin, one way to connect, one list of search attributes, one log."""
