from datetime import datetime

import pytest

from ui.words import badge, count, plain, share, size, when

JOINER = "\u2060"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eli Roth", "Eli Roth"),
        ("**b** [x](y)", r"\*\*b\*\* \[x\]\(y\)"),
        ("a\nb\u202ec", "a↵b⟨U\\+202E⟩c"),
        (":red[x]", r"\:red\[x\]"),
        (":smile:", f"\\:{JOINER}smile\\:"),
        ("12:30:45, 2.5", r"12\:30\:45, 2\.5"),
        ("a -> b", f"a \\-{JOINER}\\> b"),
        ("www.x.org", f"www{JOINER}\\.x\\.org"),
        ("$x$ `y`", r"\$x\$ \`y\`"),
        ("x" * 90, "x" * 79 + "…"),
    ],
)
def test_text_from_files_is_no_markdown(text, expected):
    assert plain(text) == expected


@pytest.mark.parametrize(("n", "expected"), [(0, "0 rows"), (1, "1 row"), (1204, "1,204 rows")])
def test_counts_have_a_noun(n, expected):
    assert count(n, "row") == expected


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ({"cells": 412}, "412 cells"),
        ({"removed": 12}, "−12 rows"),
        ({"columns_added": 1}, "+1 column"),
        ({"removed": 1, "cells": 2}, "−1 row · 2 cells"),
        ({"moved": 3}, "3 rows moved"),
        ({"moved": 3, "removed": 1}, "−1 row"),
        ({"renamed": 2}, "2 new names"),
        ({"columns_moved": True}, "columns moved"),
        ({"removed": 265, "columns_removed": 14, "columns_added": 2}, "−265 rows · …"),
        ({}, "no effect"),
    ],
)
def test_badges_carry_units(done, expected):
    assert badge(**done) == expected


@pytest.mark.parametrize(
    ("n", "expected"),
    [(1, "1 byte"), (999, "999 bytes"), (3_400, "3.4 KB"), (999_499, "999 KB"), (999_600, "1.0 MB"), (1_200_000_000, "1.2 GB")],
)
def test_sizes(n, expected):
    assert size(n) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 9, "0 %"), (9, 9, "100 %"), (1, 1000, "under 1 %"), (999, 1000, "over 99 %"), (1, 8, "12 %")],
)
def test_shares_never_round_to_all_or_nothing(part, whole, expected):
    assert share(part, whole) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 5, 11, 4), "11:04"),
        (datetime(2026, 3, 4, 11, 4), "yesterday 11:04"),
        (datetime(2026, 3, 3, 11, 4), "3 March"),
        (datetime(2025, 3, 3, 11, 4), "3 March 2025"),
    ],
)
def test_times_are_seen_from_now(moment, expected):
    assert when(moment, datetime(2026, 3, 5, 12, 0)) == expected
