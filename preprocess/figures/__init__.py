"""Figures of territories: where they come from, and how they go up the levels with their status."""
