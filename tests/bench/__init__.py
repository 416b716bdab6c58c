"""What the engine reaches, measured with the product's own processes: `make bench`. Nothing here is a test."""
