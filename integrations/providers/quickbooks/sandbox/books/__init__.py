"""The books of the companies: objects, journal, balances and links, in one SQLite file."""
