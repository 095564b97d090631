"""A simulated Google: Sheets v4, as much of Drive v3 as sharing needs, and the token endpoint."""
