"""Each rule on app.py and chalicelib as they stand."""

import pytest

from tests.architecture.code_rules import CODE_RULES
from tests.architecture.layer_rules import LAYER_RULES, NOT_PURE
from tests.architecture.source_tree import Rule, Violation, product_tree

TREE = product_tree()

ACCEPTED: dict[tuple[str, str], str] = {
    (
        "shapes_and_errors_import_the_platform_and_values",
        "chalicelib/practices/schemas.py",
    ): "BillingIdentity is a value that models.py stores; a module of its own would be its place",
    (
        "shapes_and_errors_import_the_platform_and_values",
        "chalicelib/claims/models.py",
    ): "stores billing's OpenItem as a value; a shape of its own would free the stored form",
}
"""(rule, path) → why it is accepted for now. An entry that is no longer needed fails."""


def found_by(rule: Rule) -> list[Violation]:
    return sorted(set(rule(TREE)))


def test_the_tree_that_is_read_is_the_product():
    assert {"app.py", "chalicelib/platform/errors.py", "chalicelib/identity/models.py"} <= set(TREE)


@pytest.mark.parametrize("rule", [*LAYER_RULES, *CODE_RULES], ids=lambda rule: rule.__name__)
def test_the_product_keeps(rule: Rule):
    violations = [each for each in found_by(rule) if (rule.__name__, each.path) not in ACCEPTED]

    assert not violations, "\n".join(["", *map(str, violations)])


def test_nothing_is_accepted_that_no_rule_objects_to():
    objected = {
        (rule.__name__, each.path)
        for rule in (*LAYER_RULES, *CODE_RULES)
        for each in found_by(rule)
    }

    assert set(ACCEPTED) <= objected
    assert set(NOT_PURE) <= set(TREE)
