"""Downloads the official files that sources declare: resumed, verified, replaced whole or not at all."""
