"""From landed files to text columns: finding, unpacking, decoding and reading them."""
