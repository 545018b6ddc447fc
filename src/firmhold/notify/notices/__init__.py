"""Notifications: what customers are told about their reservations, in the code notices."""
