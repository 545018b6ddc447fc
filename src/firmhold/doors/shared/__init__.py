"""What all doors share: the table of operations, identities, problems, bodies, and serving them."""
