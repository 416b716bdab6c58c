"""A local stand-in for QuickBooks Online: its own process, its own books, its own reading of the contract."""
