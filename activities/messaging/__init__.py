"""The messenger's role: posting once, editing in place."""
