"""What accompanies each disclosure of records of a programme under 42 CFR Part 2."""

NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
"""The short statement of 42 CFR 2.32(a)(2); it fits an NTE02 of X12, which it was made for."""
