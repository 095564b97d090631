"""The words of the business, as frozen values without I/O."""
