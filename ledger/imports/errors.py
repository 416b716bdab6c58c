"""What stops a whole file; the reasons against a single row are in values.py."""


class Unreadable(ValueError):
    """The file cannot be read, or not further; the text says why and what to do, for the person who brought it."""
