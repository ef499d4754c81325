"""What could be cleaned: see ``pipeline.suggestions``."""

from pipeline.suggestions import SHOWN_AT_ONCE, Suggestion, suggest

__all__ = ["SHOWN_AT_ONCE", "Suggestion", "suggest"]
