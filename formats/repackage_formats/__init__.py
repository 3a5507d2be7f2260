"""The built-in formats; they enter by the entry points that strangers use."""
