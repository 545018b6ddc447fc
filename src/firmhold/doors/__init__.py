"""Doors: each parses, calls the engine and renders. None of them holds a rule."""
