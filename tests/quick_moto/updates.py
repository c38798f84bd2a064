"""Updates that set, add to, take from and remove plain attributes are carried out as they are read."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from moto.dynamodb import models
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.parsing import ast_nodes as tree_of
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.parsing.validators import UpdateExpressionValidator

_CLAUSES = (
    tree_of.UpdateExpressionSetClause,
    tree_of.UpdateExpressionAddClause,
    tree_of.UpdateExpressionRemoveClause,
    tree_of.UpdateExpressionDeleteClause,
)
_SET, _ADD, _REMOVE, _DELETE = (
    tree_of.UpdateExpressionSetAction,
    tree_of.UpdateExpressionAddAction,
    tree_of.UpdateExpressionRemoveAction,
    tree_of.UpdateExpressionDeleteAction,
)
_ACTIONS = [_SET, _ADD, _REMOVE, _DELETE]
_SETS = {"NS", "SS"}
Action = tuple[type, str, str]


def quicken(patched: pytest.MonkeyPatch) -> None:
    """moto walks an update's tree ten times. It does so still for all that has more to it than an
    attribute and a value, and for all that it would refuse."""
    patched.setattr(models, "UpdateExpressionValidator", _validator)
    patched.setattr(models, "UpdateExpressionExecutor", _executor)


@dataclass(frozen=True, slots=True)
class _Plain:
    """What is done to which attribute with which value."""

    actions: list[tuple[type, str, Any]]

    def validate(self) -> "_Plain":
        return self

    def normalize(self) -> None:
        """In whatever order."""

    def execute(self, attrs: Any) -> None:
        for action, name, value in self.actions:
            if action is _REMOVE:
                attrs.pop(name, None)
            elif action in (_ADD, _DELETE) and value.type in _SETS:
                _change_set(attrs, name, value, adds=action is _ADD)
            elif action is _ADD and name in attrs:
                attrs[name] = attrs[name] + value
            else:
                attrs[name] = value


def _validator(
    tree: Any,
    expression_attribute_names: dict[str, str],
    expression_attribute_values: dict[str, Any],
    item: Any,
    table: Any,
) -> Any:
    named, given = expression_attribute_names or {}, expression_attribute_values or {}
    actions = _actions(tree)
    if actions is not None:
        values = [(kind, named.get(name), given.get(value)) for kind, name, value in actions]
        if len({name for _, name, _ in values}) == len(values) and all(
            _is_plain(*each, item, table) for each in values
        ):
            return _Plain(
                [(kind, name, value and DynamoType(value)) for kind, name, value in values]
            )
    return UpdateExpressionValidator(
        tree, expression_attribute_names, expression_attribute_values, item, table
    )


def _executor(tree: Any, item: Any, names: dict[str, str]) -> Any:
    return (
        _Execution(tree, item)
        if isinstance(tree, _Plain)
        else UpdateExpressionExecutor(tree, item, names)
    )


@dataclass(frozen=True, slots=True)
class _Execution:
    tree: _Plain
    item: Any

    def execute(self) -> None:
        self.tree.execute(self.item.attrs)


def _is_plain(kind: type, name: str | None, value: Any, item: Any, table: Any) -> bool:
    if name is None or name in table.table_key_attrs:
        return False
    if kind is _REMOVE:
        return True
    if value is None or (name in table.attribute_keys and not value.get("S")):
        return False
    if kind is _SET:
        return True
    kept, (given,) = item.attrs.get(name), value
    may_be = {"N", *_SETS} if kind is _ADD else _SETS
    return given in may_be and bool(value[given]) and (kept is None or kept.type == given)


def _change_set(attrs: Any, name: str, value: Any, *, adds: bool) -> None:
    """Sets are lists in moto; an empty one is none. `attrs` are of an item that is nobody else's."""
    kept = attrs[name].value if name in attrs else []
    if adds:
        left = [*kept, *(each for each in dict.fromkeys(value.value) if each not in kept)]
    else:
        left = [each for each in kept if each not in value.value]
    if left:
        attrs[name] = DynamoType({value.type: left})
    else:
        attrs.pop(name, None)


@cache
def _actions(tree: Any) -> list[Action] | None:
    """Each action's kind, attribute and value, as the expression calls them; None if there is more
    to one of them. A tree is parsed once (expressions)."""
    if any(len(tree.find_clauses([clause])) > 1 for clause in _CLAUSES):
        return None
    found = [_action(each) for each in tree.find_clauses(_ACTIONS)]
    return None if None in found else [each for each in found if each is not None]


def _action(node: Any) -> Action | None:
    path, *values = node.children
    if [type(part) for part in path.children] != [tree_of.ExpressionAttributeName]:
        return None
    value = ""
    if type(node) is not _REMOVE:
        (told,) = values
        if type(told) is tree_of.UpdateExpressionValue and len(told.children) == 1:
            (told,) = told.children
        if type(told) is not tree_of.ExpressionAttributeValue:
            return None
        value = told.get_value_name()
    return type(node), path.children[0].get_attribute_name_placeholder(), value
