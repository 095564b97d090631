"""Pipedrive, API v2, and v1 where v2 has nothing: not to be chosen yet (see `raccord.vendors.UNFINISHED`)."""
