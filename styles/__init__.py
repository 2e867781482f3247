"""Class breaks, palettes and styles: one classification, written out for every client."""
