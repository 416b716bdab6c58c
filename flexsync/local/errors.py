"""The one error of this package."""


class LocalError(Exception):
    """What stopped us, in words for the person at the terminal; it is printed as it is, without a traceback."""
