"""The shop of tests/raw, for cases of its layer."""

from tests.raw.conftest import make_shop, shop

__all__ = ["make_shop", "shop"]
