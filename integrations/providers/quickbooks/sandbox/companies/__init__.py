"""The companies a fresh sandbox holds."""
