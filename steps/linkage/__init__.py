"""Rows that may stand for the same thing although they are written differently: which pairs, and how certain each is."""

from steps.linkage.likely import Alike, likely, look
from steps.linkage.merging import Groups, grouped
from steps.linkage.weights import Seen, Weights, learn

__all__ = ["Alike", "Groups", "Seen", "Weights", "grouped", "learn", "likely", "look"]
