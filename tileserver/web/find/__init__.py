"""Territories and sites found by what is known of them; where it is not known they stand apart."""
