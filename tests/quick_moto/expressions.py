"""Expressions: what was parsed before is not parsed again."""

from functools import cache
from typing import Any

import pytest
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

_AT_MOST = 2_000
_parse = ConditionExpressionParser.parse
_parsed: dict[Any, tuple[Any, list[str], list[str]]] = {}


def quicken(patched: pytest.MonkeyPatch) -> None:
    """moto parses a condition three times on its way. Its trees know nothing of the item they judge;
    who changes an update's tree copies it first."""
    patched.setattr(ConditionExpressionParser, "parse", _parse_once)
    patched.setattr(UpdateExpressionParser, "make", cache(UpdateExpressionParser.make))


def _parse_once(self: Any) -> Any:
    """The condition's tree, with the names and values that it uses."""
    if not self.condition_expression:
        return _parse(self)
    given = self.expression_attribute_names, self.expression_attribute_values
    key = (self.condition_expression, *map(repr, given))
    if key not in _parsed:
        if len(_parsed) >= _AT_MOST:
            _parsed.clear()
        tree = _parse(self)
        _parsed[key] = tree, self.expr_attr_names_found, self.expr_attr_values_found
    tree, names, values = _parsed[key]
    self.expr_attr_names_found, self.expr_attr_values_found = list(names), list(values)
    return tree
