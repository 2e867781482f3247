"""Compiled tile kernels: search, clip, encode. Flat arrays in, counts out; the caller owns memory."""
