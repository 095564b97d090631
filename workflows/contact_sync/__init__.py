"""Flow 4: what is typed about a customer in one system comes to stand in the other."""
