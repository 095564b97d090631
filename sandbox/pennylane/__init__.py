"""A simulated Pennylane: the Company API v2 of one company, as `vendors/pennylane.md` and its OpenAPI say."""
