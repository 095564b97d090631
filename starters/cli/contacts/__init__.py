"""`raccord contacts`: what both systems say of the customers."""
