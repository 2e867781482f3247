"""Profiles of territories, search among them, what there is at a point: one model, told in three forms."""
