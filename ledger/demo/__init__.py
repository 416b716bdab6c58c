"""Real card transactions for the made-up organisation (README.md in this folder)."""
