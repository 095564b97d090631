"""What all of Raccord speaks and uses: domain, connectors, records, settings, Temporal platform."""

__version__ = "0.1.0"
