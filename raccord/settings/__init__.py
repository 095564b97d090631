"""`raccord.toml` overlaid with the environment, validated once at start."""
