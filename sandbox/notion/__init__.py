"""A simulated Notion: pages, blocks, databases with data sources, by the versions since 2025-09-03."""
