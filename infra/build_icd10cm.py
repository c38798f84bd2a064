"""Builds the shipped ICD-10-CM table from simple-icd-10-cm, which is needed at build time only.

    python -m infra.build_icd10cm            writes chalicelib/terminology/icd10cm_data/fy2026.gz
    python -m infra.build_icd10cm --check    exits 1 if the shipped file is not what this writes

Version 1.5 carries the April 2026 release of CDC/NCHS (public domain). It has 74,719 billable
codes, as many as that of October 2025, so it serves the whole of fiscal year 2026.
"""

import argparse
import gzip
import sys
import warnings
from pathlib import Path

from chalicelib.terminology.icd10cm_table import CodeEntry, table_of

FISCAL_YEAR = 2026
BILLABLE_CODES = 74_719
TARGET = (
    Path(__file__).parent.parent / "chalicelib/terminology/icd10cm_data" / f"fy{FISCAL_YEAR}.gz"
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    table = table_of(entries())
    if parser.parse_args(arguments).check:
        same = TARGET.exists() and gzip.decompress(TARGET.read_bytes()) == table
        print(f"{TARGET.name} {'is' if same else 'is not'} what the build makes")
        return 0 if same else 1
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(gzip.compress(table, compresslevel=9, mtime=0))
    print(f"{TARGET.name}: {len(table):,} bytes, {TARGET.stat().st_size:,} compressed")
    return 0


def entries() -> list[CodeEntry]:
    """All categories and subcategories. ValueError if the library carries another release."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import simple_icd_10_cm as cm
    codes = {code for code in cm.get_all_codes() if cm.is_category_or_subcategory(code)}
    found = [
        CodeEntry(code.replace(".", ""), _one_line(cm.get_description(code)), cm.is_leaf(code))
        for code in codes
    ]
    billable = sum(entry.billable for entry in found)
    if billable != BILLABLE_CODES:
        raise ValueError(f"{billable} billable codes: not the release of FY{FISCAL_YEAR}")
    return found


def _one_line(title: str) -> str:
    return " ".join(title.replace("/\t", " / ").split())


if __name__ == "__main__":
    sys.exit(main())
