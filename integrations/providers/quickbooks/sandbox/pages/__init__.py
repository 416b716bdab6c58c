"""The books as a person reads them."""
