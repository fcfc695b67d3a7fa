"""Landed files as bytes and text: listing, reading, unpacking and decoding them."""
