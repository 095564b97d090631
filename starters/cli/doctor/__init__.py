"""`raccord doctor`: everything a start needs, checked in the order of causes."""
