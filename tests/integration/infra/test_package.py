"""The template of the product itself, and cfn-lint's opinion of one of our shape."""

from pathlib import Path

import app
from infra.package import build_template, lint as lint_of, minified
from infra.template_rules import problems
from tests.unit.infra.sample_app import SampleApp


def test_the_template_of_the_product_breaks_no_rule() -> None:
    assert problems(build_template(app.app), app) == []


def test_cfn_lint_names_what_is_wrong_in_a_template_and_nothing_else(tmp_path: Path) -> None:
    template = build_template(SampleApp().app)
    template["Resources"]["Table"]["Properties"]["BillingModes"] = "NONE"
    file = tmp_path / "template.json"
    file.write_text(minified(template))
    found = lint_of(file)
    assert found
    assert all("BillingModes" in line for line in found)
