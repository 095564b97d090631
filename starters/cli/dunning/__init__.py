"""`raccord dunning`: who owes, what was sent and what comes next, and what people say about it."""
