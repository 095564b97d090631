"""Flow 2b: what follows once a deal is fully paid."""
