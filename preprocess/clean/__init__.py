"""Columns cleaned before they are typed: text in, text and what was wrong with it out.

Each function is pure and knows nothing of files or layers; `preprocess.clean.column` applies the one that
a property declares.
"""
