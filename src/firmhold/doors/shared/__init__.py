"""What all doors share: the table of operations, callers, problems, bodies, and serving them."""
