"""Flow 3: customers are reminded of what they owe."""
