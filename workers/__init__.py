"""Who runs the flows: task queues, rate limits, metrics."""
