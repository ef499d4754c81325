"""JSON in its usual shapes, to a table."""
