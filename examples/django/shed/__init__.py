"""The shed: tools, and who has them."""
