"""`raccord demo`: real processes against simulated vendors, judged by reading the vendors over HTTP."""
