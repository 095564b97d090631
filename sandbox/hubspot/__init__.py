"""HubSpot on loopback: the v3 and v4 paths that HubSpot's own client calls, in a French SME's account."""
