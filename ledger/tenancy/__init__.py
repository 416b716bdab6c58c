"""Keeping tenants apart: who is acting (context), what the database enforces (constraints), how models ask (models)."""
