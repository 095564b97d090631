"""A payment that names no invoice finds it, or finance is asked."""
