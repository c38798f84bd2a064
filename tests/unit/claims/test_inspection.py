"""What a file is and whether it is taken in; and the operations command that tells it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.claims.x12.inspection import Inspection, inspect, read_file
from chalicelib.claims.x12.interchange import X12Error
from infra.ops.__main__ import main
from tests.unit.claims.edi_builders import (
    REMITTANCE,
    acknowledgement_file,
    header,
    implementation_acknowledgement_file,
    interchange,
    remittance_file,
    replaced,
)

REPOSITORY = Path(__file__).resolve().parents[3]

# Judged by hand: SE01, GE01, IEA01 counted, control numbers compared, money added up.
EXPECTED = {
    "270_271/lfh_subscriber-health-benefit-check.270": ("270", "accepted"),
    "270_271/lfh_subscriber-health-benefit-check.271": ("271", "accepted"),
    "276_277/lfh_claim-level-status.276": ("276", "accepted"),
    "276_277/lfh_claim-level-status.277": ("277", "accepted"),
    "276_277/lfh_provider-level-status.276": ("276", "accepted"),
    "276_277/lfh_provider-level-status.277": ("277", "accepted"),
    "277ca/imsweb_x12_277CA_accepted.txt": ("277CA", "accepted"),
    "835/lfh_managed-care.835": ("835", "accepted"),
    "835/lfh_secondary-payment.835": ("835", "accepted"),
    "837i/lfh_institutional-claim.837i": ("837I", "accepted"),
    "837p/imsweb_x12_bad_valid_code.txt": ("837P", "refused"),
    "837p/imsweb_x12_complex.txt": ("837P", "refused"),
    "837p/imsweb_x12_missing_elements.txt": ("837P", "refused"),
    "837p/imsweb_x12_multiple_gs.txt": ("837P", "refused"),
    "837p/imsweb_x12_no_errors.txt": ("837P", "refused"),
    "837p/imsweb_x12_valid.txt": ("837P", "refused"),
    "837p/imsweb_x12_valid_different_separators.txt": ("837P", "refused"),
    "837p/lfh_demo.ambulance.example5.837": ("837P", "accepted"),
    "837p/lfh_demo.autoaccident.837": ("837P", "accepted"),
    "837p/lfh_demo.cob.example3.A.837": ("837P", "accepted"),
    "837p/lfh_demo.cob.example3.B.837": ("837P", "accepted"),
    "837p/lfh_demo.drug.example10.1.837": ("837P", "accepted"),
    "837p/lfh_demo.example1.837": ("837P", "accepted"),
    "837p/lfh_demo.example11.837": ("837P", "accepted"),
    "837p/lfh_demo.example2.837": ("837P", "accepted"),
    "837p/lfh_demo.example8.837": ("837P", "accepted"),
    "999/imsweb_x12_999_accepted.txt": ("999", "refused"),
    "999/pyx12_834_ls_le_ls_5010.999.txt": ("999", "accepted"),
}


def reasons(inspection: Inspection) -> list[tuple[int, str]]:
    return [(finding.segment, finding.text) for finding in inspection.reasons]


@pytest.mark.parametrize("name", EXPECTED)
def test_each_shared_sample_has_the_verdict_judged_by_hand(name, samples):
    found = inspect(name, (samples / "x12" / name).read_bytes())
    assert (found.name, found.kind, found.verdict) == (name, *EXPECTED[name])
    assert bool(found.reasons) is (found.verdict == "refused")


def test_every_shared_x12_sample_is_judged(samples):
    files = {
        str(p.relative_to(samples / "x12")) for p in (samples / "x12").rglob("*") if p.is_file()
    }
    assert files == set(EXPECTED)


def test_the_shared_samples_that_are_broken_name_the_place(samples):
    broken = inspect("999", (samples / "x12/999/imsweb_x12_999_accepted.txt").read_bytes())
    assert reasons(broken) == [(10, "IEA02 is '000000001', ISA13 is '000000286'")]
    groups = inspect("837", (samples / "x12/837p/imsweb_x12_multiple_gs.txt").read_bytes())
    assert reasons(groups)[-1] == (110, "IEA01 says 1 functional groups, there are 3")


def test_a_remittance_has_its_figures_and_payees():
    # Given a file of two remittances to two payees
    other = [*header("1", payee="N1*PE*DALE CLINIC*FI*37-7654321")[:6], "PLB*1*20261231*CT:A*-1"]
    data = interchange("835", REMITTANCE, other).encode()
    # When it is inspected
    found = inspect("two.835", data)
    # Then claims and money are added up over both
    assert (found.kind, found.verdict, found.claims) == ("835", "accepted", 5)
    assert (found.paid_minor, found.payment_minor) == (102000, 115150)
    assert found.payee_npis == ("1234567893",)
    assert found.payee_tins == ("371234567", "377654321")


def test_a_file_is_refused_whole_if_one_of_its_sets_is():
    # Given a good remittance and one that pays a cent too much
    data = interchange("835", REMITTANCE, header("0.01")).encode()
    # Then the file is refused, and no figure of it is told
    found = inspect("half.835", data)
    assert (found.verdict, found.claims, found.payment_minor) == ("refused", None, None)
    assert reasons(found) == [(62, "BPR02 is 0.01; the sum of CLP04 less PLB is 0")]
    with pytest.raises(X12Error):
        read_file(data)


def test_reasons_of_all_sets_are_told_in_file_order():
    bad = interchange("835", header("0.01"), header("x"), header("0.03"))
    assert [segment for segment, _ in reasons(inspect("bad", bad.encode()))] == [4, 14, 24]


def test_a_file_of_several_kinds_is_of_the_kind_of_its_first():
    mixed = acknowledgement_file() + interchange("835", REMITTANCE, number="000000102")
    found = inspect("mixed", mixed.encode())
    assert (found.kind, found.verdict, found.claims) == ("277CA", "accepted", None)
    spoilt = inspect("mixed", replaced(mixed, "BPR*I*1150.5", "BPR*I*1150").encode())
    assert (spoilt.kind, spoilt.verdict) == ("277CA", "refused")
    file = read_file(mixed.encode())
    assert (len(file.claim_acknowledgements), len(file.remittances)) == (1, 1)


def test_the_content_of_an_accepted_file_can_be_had():
    file = read_file(remittance_file().encode())
    assert [remittance.trace_number for remittance in file.remittances] == ["EFT0001"]
    assert [item.segment for item in file.warnings] == [59]
    file = read_file(implementation_acknowledgement_file().encode())
    assert [item.group_control_number for item in file.implementation_acknowledgements] == ["17"]
    assert file.interchanges[0].control_number == "000000101"


def test_warnings_of_envelope_content_and_balance_come_together():
    text = replaced(remittance_file(), "CLP*CLM1*1*300*200*60", "CLP*CLM1*1*300*200*61")
    found = inspect("odd", text.replace("ACME", "ÄCME").encode("latin-1"))
    assert [(item.segment, item.text) for item in found.warnings] == [
        (1, "the file is not UTF-8; it was read as Latin-1"),
        (13, "CLP05 is 61; the sum of CAS*PR is 60"),
        (59, "PLB03 is cut by '>', ISA16 is ':'"),
    ]


@pytest.mark.parametrize(
    ("code", "version", "kind"),
    [
        ("837", "005010X222A1", "837P"),
        ("837", "004010X098A1", "837P"),
        ("837", "005010X223A3", "837I"),
        ("837", "005010X224A2", "837D"),
        ("837", "005010", "unknown"),
        ("270", "005010X279A1", "270"),
        ("277", "005010X212", "277"),
        ("834", "005010X220A1", "unknown"),
        ("997", "005010", "unknown"),
    ],
)
def test_kinds_that_are_not_posted_are_known_by_their_guide(code, version, kind):
    text = interchange("999", ["BHT*0010*08"], version=version).replace("ST*999", f"ST*{code}")
    assert (inspect("x", text.encode()).kind, inspect("x", text.encode()).verdict) == (
        kind,
        "accepted",
    )
    assert inspect("x", text.replace("SE*3", "SE*4").encode()).kind == kind


def test_a_277_without_its_guide_is_a_277ca_by_its_purpose():
    text = acknowledgement_file().replace("005010X214", "005010")
    found = inspect("x", text.encode())
    assert (found.kind, found.verdict) == ("277CA", "accepted")


def test_a_ta1_alone_is_a_ta1():
    text = interchange("999")[:106] + "TA1*000000905*260301*1253*A*000~IEA*0*000000101~"
    assert inspect("x", text.encode()).kind == "TA1"
    assert inspect("x", text.replace("IEA*0", "IEA*1").encode()).kind == "TA1"


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"", "unknown"), (b"\x89PNG\r\n", "unknown"), (remittance_file()[40:].encode(), "835")],
)
def test_what_cannot_be_read_is_refused_with_the_kind_it_seems_to_be(data, kind):
    found = inspect("x", data)
    assert (found.kind, found.verdict, len(found.reasons)) == (kind, "refused", 1)


def test_the_command_prints_one_json_object_a_line(tmp_path, capsys):
    # Given an accepted remittance, a refused one, and an accepted 999
    files = {
        "good.835": remittance_file(),
        "bad.835": replaced(remittance_file(), "BPR*I*1150.5", "BPR*I*1150"),
        "ack.999": implementation_acknowledgement_file(),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    names = [str(tmp_path / name) for name in files]
    # When they are inspected
    code = main(["inspect", *names])
    # Then each has its line, and the exit code says that one is refused
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert lines == [
        {
            "file": names[0],
            "kind": "835",
            "verdict": "accepted",
            "reasons": [],
            "warnings": [{"segment": 59, "text": "PLB03 is cut by '>', ISA16 is ':'"}],
            "claims": 5,
            "paid_minor": 102000,
            "payment_minor": 115050,
        },
        {
            "file": names[1],
            "kind": "835",
            "verdict": "refused",
            "reasons": [
                {"segment": 4, "text": "BPR02 is 1150; the sum of CLP04 less PLB is 1150.5"}
            ],
            "warnings": [],
            "claims": None,
            "paid_minor": None,
            "payment_minor": None,
        },
        {
            "file": names[2],
            "kind": "999",
            "verdict": "accepted",
            "reasons": [],
            "warnings": [],
        },
    ]
    assert main(["inspect", names[0], names[2]]) == 0


@pytest.mark.parametrize("name", ["missing.835", ".", "null\x00byte"])
def test_a_file_that_cannot_be_opened_is_refused_and_the_rest_go_on(name, tmp_path, capsys):
    good = tmp_path / "good.835"
    good.write_text(remittance_file())
    assert main(["inspect", str(tmp_path / name), str(good)]) == 1
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["kind"], first["verdict"]) == ("unknown", "refused")
    assert first["reasons"][0]["text"].startswith("the file cannot be read: ")
    assert second["verdict"] == "accepted"


@pytest.mark.parametrize("arguments", [[], ["inspect"], ["inspect", "--help"], ["guess", "x.835"]])
def test_wrong_usage_exits_2_and_says_how(arguments, capsys):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("usage: python -m infra.ops")


def test_the_command_runs_as_a_module_without_loading_the_application(tmp_path):
    # Given a fresh interpreter
    good = tmp_path / "good.835"
    good.write_text(remittance_file())
    program = (
        "import runpy, sys; sys.argv = ['ops', 'inspect', sys.argv[1]]\n"
        "try: runpy.run_module('infra.ops', run_name='__main__')\n"
        "except SystemExit as end: code = end.code\n"
        "heavy = {'chalice', 'boto3', 'botocore', 'pynamodb', 'pydantic'} & set(sys.modules)\n"
        "print(code, sorted(heavy))"
    )
    # When it runs the command
    ran = subprocess.run(
        [sys.executable, "-c", program, str(good)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    # Then it answers, and none of the application's libraries were imported
    line, last = ran.stdout.splitlines()
    assert json.loads(line)["verdict"] == "accepted"
    assert last == "0 []"
