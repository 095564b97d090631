"""Flow 5: the week, told on Monday."""
