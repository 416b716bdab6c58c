"""What stands between a client and the books: limits, meters and planned trouble."""
