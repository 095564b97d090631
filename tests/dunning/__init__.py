"""Flow 3 as values: who is reminded when, over a simulated year."""
