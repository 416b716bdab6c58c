"""The vocabulary in which entities are declared, and how a request is read by it."""
