"""One package per vendor, loaded by name and imported by nobody else; each exports its `ROLES`."""
