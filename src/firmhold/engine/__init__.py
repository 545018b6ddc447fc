"""The engine: gathers concurrent commands and carries each batch out as one transaction."""
