"""The control plane under /sandbox: what a test or a person may do to the stand-in itself."""
