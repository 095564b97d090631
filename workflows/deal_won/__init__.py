"""Flow 1: a won deal becomes exactly one proven invoice, or one question."""
