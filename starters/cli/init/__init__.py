"""`raccord init`: settings proposed from what the accounts hold, or the example without any account."""
