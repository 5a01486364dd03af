"""Rows of published rounds in the words that other systems use."""
