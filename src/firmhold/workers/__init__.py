"""Background loops. Nothing depends on them to be right, only to be tidy and prompt.

Each is a `run_once()` that does one round and can be tested, and runs on every node at once.
"""
