"""The engine broken on purpose, with the product's own processes: `make chaos`."""
