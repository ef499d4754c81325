"""The sample files and what makes them."""
