"""Compressed files and archives: what is inside, unpacked once, within limits."""
