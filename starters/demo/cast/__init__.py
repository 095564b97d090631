"""Who plays: a CRM's salespeople and a billing system's finance department, whatever the vendors are called.

Scenarios speak to nobody else of a pair. A deal is named by its number among the seeded ones, from which
every simulated CRM is filled; amounts are minor units of a currency that has cents.
"""
