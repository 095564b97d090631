"""The vendors: a port and a registry per kind of system, one package per vendor, loaded by name."""
