"""The bucket of the locked heads: what is put there cannot be taken back."""

from typing import Any

from infra.template import resources


def bucket() -> dict[str, Any]:
    declared: dict[str, Any] = resources()["Resources"]["AuditBucket"]["Properties"]
    return declared


def test_what_lies_there_is_locked_in_compliance_mode_for_more_than_six_years() -> None:
    assert bucket()["ObjectLockEnabled"] is True
    lock = bucket()["ObjectLockConfiguration"]
    assert lock["ObjectLockEnabled"] == "Enabled"
    kept = lock["Rule"]["DefaultRetention"]
    assert kept["Mode"] == "COMPLIANCE"
    assert kept["Days"] > 6 * 366


def test_nothing_there_expires() -> None:
    rules = bucket()["LifecycleConfiguration"]["Rules"]
    assert [set(rule) - {"Id", "Status"} for rule in rules] == [{"AbortIncompleteMultipartUpload"}]
    assert bucket()["VersioningConfiguration"] == {"Status": "Enabled"}
