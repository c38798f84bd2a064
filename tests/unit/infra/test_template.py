"""infra/template.py: reading CloudFormation fragments and resolving references."""

from pathlib import Path
from typing import Any

import pytest

from infra.template import expand, functions, load, merge, resolve, resources

from .sample_app import DOMAINS

NAMES = {"Table": "careloom-table", "AWS::Region": "us-east-1", "Queue": "https://queue"}


def resolved(value: Any) -> Any:
    return resolve(value, reference=NAMES.__getitem__, attribute=lambda of, name: f"{of}/{name}")


def fragment(folder: Path, text: str) -> dict[str, Any]:
    file = folder / "fragment.yaml"
    file.write_text(text)
    return load(file)


def test_short_forms_are_read_in_long_form(tmp_path: Path) -> None:
    text = "a: !Ref Table\nb: !GetAtt Table.Stream.Arn\nc: !Sub '${Table}'\nd: !Not [!Ref X]\ne: !If {f: 1}"
    assert fragment(tmp_path, text) == {
        "a": {"Ref": "Table"},
        "b": {"Fn::GetAtt": ["Table", "Stream.Arn"]},
        "c": {"Fn::Sub": "${Table}"},
        "d": {"Fn::Not": [{"Ref": "X"}]},
        "e": {"Fn::If": {"f": 1}},
    }


def test_a_loop_is_written_out_in_keys_values_and_references() -> None:
    body = {
        "${Name}Queue": {"arn": {"Fn::GetAtt": ["${Name}Dead", "Arn"]}, "all": ["${Name}", "x"]}
    }
    assert expand({"kept": 1, "Fn::ForEach::Queues": ["Name", ["A", "B"], body]}) == {
        "kept": 1,
        "AQueue": {"arn": {"Fn::GetAtt": ["ADead", "Arn"]}, "all": ["A", "x"]},
        "BQueue": {"arn": {"Fn::GetAtt": ["BDead", "Arn"]}, "all": ["B", "x"]},
    }


def test_a_loop_in_a_list_entry_and_another_variable_stay_apart() -> None:
    value = [{"Fn::ForEach::Each": ["Name", ["A"], {"${Name}": "${Other}"}]}]
    assert expand(value) == [{"A": "${Other}"}]


def test_mappings_merge_and_lists_are_replaced() -> None:
    assert merge({"a": {"b": 1, "c": [1, 2]}, "d": 1}, {"a": {"c": [3]}, "d": {"e": 2}}) == {
        "a": {"b": 1, "c": [3]},
        "d": {"e": 2},
    }


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ({"Ref": "Table"}, "careloom-table"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "Table/Arn"),
        ({"Fn::Sub": "${Table}:${AWS::Region}:${Table.Arn}"}, "careloom-table:us-east-1:Table/Arn"),
        ({"Fn::Sub": '{"q":"${Queue}"}'}, '{"q":"https://queue"}'),
        ({"Fn::Join": ["-", ["a", {"Ref": "Table"}]]}, "a-careloom-table"),
        ([{"Ref": "Table"}, {"k": {"Ref": "AWS::Region"}}], ["careloom-table", {"k": "us-east-1"}]),
        ({"Ref": "Table", "beside": 1}, {"Ref": "Table", "beside": 1}),
        (7, 7),
    ],
)
def test_references_are_replaced(value: Any, plain: Any) -> None:
    assert resolved(value) == plain


def test_an_unknown_function_is_refused() -> None:
    with pytest.raises(ValueError, match="Fn::Select is not resolved here"):
        resolved({"Fn::Select": [0, ["a"]]})


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError):
        resolved({"Ref": "Nobody"})


def test_the_files_of_the_deployment_hold_no_loop_once_read() -> None:
    assert "Fn::ForEach" not in repr(resources())
    assert "Fn::ForEach" not in repr(functions())


def test_every_listening_domain_has_a_queue_and_its_url_in_the_environment() -> None:
    urls = functions()["Globals"]["Function"]["Environment"]["Variables"]["CARELOOM_QUEUE_URLS"]
    for domain in DOMAINS:
        assert resources()["Resources"][f"{domain.title()}Events"]["Type"] == "AWS::SQS::Queue"
        assert f'"{domain}":"${{{domain.title()}Events}}"' in urls["Fn::Sub"]
