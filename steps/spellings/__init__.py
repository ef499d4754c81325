"""Spellings that may be one and the same: keys, distances, and the groups proposed from them."""

from steps.spellings.groups import Group, Method, propose
from steps.spellings.keys import key_of
from steps.spellings.known import nearest

__all__ = ["Group", "Method", "key_of", "nearest", "propose"]
