"""The reports under /v3/company/{realm}/reports, in the shape that was recorded of the real ones."""
