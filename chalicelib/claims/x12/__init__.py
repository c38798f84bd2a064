"""X12 files: reading 835, 277CA and 999, writing 837P and 999, and judging any file."""
