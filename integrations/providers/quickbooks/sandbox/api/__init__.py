"""The accounting API under /v3/company/{realm}."""
