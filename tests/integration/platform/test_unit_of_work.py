"""One transaction or nothing: conditions, conflicts, and what a lost answer does."""

from collections.abc import Iterator

import pytest
from pynamodb.attributes import UnicodeAttribute

from chalicelib.platform.errors import AlreadyExists, Conflict, Stale, Unavailable
from chalicelib.platform.store import (
    IntegerAttribute,
    Key,
    Record,
    TooLarge,
    UnitOfWork,
    find,
    join,
    practice_scope,
)
from tests.faults import answering, calls

PRACTICE = "prc_1"


class Shelf(Record):
    KIND = "test-shelf"

    label = UnicodeAttribute()
    books = IntegerAttribute(default=0)

    @classmethod
    def key(cls, name: str) -> Key:
        return Key(join(PRACTICE, name), "shelf#")


class Full(Conflict):
    code = "full"


@pytest.fixture(autouse=True)
def _scope(aws: None) -> Iterator[None]:
    with practice_scope(PRACTICE):
        yield


def _shelf(name: str) -> Shelf:
    return Shelf(*Shelf.key(name), label=name)


def _commit(*records: Shelf) -> None:
    work = UnitOfWork()
    for record in records:
        work.create(record)
    work.commit()


def test_all_is_written_with_version_one() -> None:
    _commit(_shelf("a"), _shelf("b"))
    assert [find(Shelf, Shelf.key(name)).version for name in "ab"] == [1, 1]  # type: ignore[union-attr]


def test_nothing_is_written_when_one_condition_fails() -> None:
    _commit(_shelf("a"))
    with pytest.raises(AlreadyExists):
        _commit(_shelf("b"), _shelf("a"))
    assert find(Shelf, Shelf.key("b")) is None


def test_a_stale_version_is_refused() -> None:
    _commit(_shelf("a"))
    one, two = find(Shelf, Shelf.key("a")), find(Shelf, Shelf.key("a"))
    assert one
    assert two
    first, second = UnitOfWork(), UnitOfWork()
    first.save(one)
    first.commit()
    second.save(two)
    with pytest.raises(Stale):
        second.commit()


def test_the_refusal_of_the_failed_write_is_raised_whatever_kind_it_is() -> None:
    for name in "abc":
        _commit(_shelf(name))
    work = UnitOfWork()
    work.require(Shelf, Shelf.key("a"), condition=Shelf.books == 0, refusal=Stale("a"))
    work.save(found := find(Shelf, Shelf.key("b")), refusal=Stale("b"))  # type: ignore[arg-type]
    assert found is not None
    work.update(
        Shelf,
        Shelf.key("c"),
        actions=[Shelf.books.add(1)],  # type: ignore[attr-defined]
        condition=Shelf.books > 5,
        refusal=Full("c"),
    )
    with pytest.raises(Full, match="c"):
        work.commit()


def test_a_conflict_is_tried_again_and_never_a_refusal() -> None:
    work = UnitOfWork()
    work.create(_shelf("a"), refusal=Full())
    with (
        calls() as sent,
        answering(
            "TransactWriteItems",
            times=3,
            error="TransactionCanceledException",
            reasons=["TransactionConflict"],
        ) as left,
    ):
        work.commit()
    assert left == [0]
    assert sent.count("TransactWriteItems") == 4
    assert find(Shelf, Shelf.key("a")) is not None


def test_conflicts_without_end_are_unavailable_with_retry_after() -> None:
    work = UnitOfWork()
    work.create(_shelf("a"), refusal=Full())
    with (
        answering(
            "TransactWriteItems",
            times=99,
            error="TransactionCanceledException",
            reasons=["TransactionConflict"],
        ),
        pytest.raises(Unavailable) as refused,
    ):
        work.commit()
    assert refused.value.retry_after == 1
    assert find(Shelf, Shelf.key("a")) is None


def test_a_refused_condition_wins_over_a_conflict_beside_it() -> None:
    work = UnitOfWork()
    work.create(_shelf("a"), refusal=Full("a"))
    work.create(_shelf("b"), refusal=Full("b"))
    reasons = ["TransactionConflict", "ConditionalCheckFailed"]
    with (
        answering(
            "TransactWriteItems", times=1, error="TransactionCanceledException", reasons=reasons
        ),
        pytest.raises(Full, match="b"),
    ):
        work.commit()


def test_a_hundred_and_one_items_are_refused_not_split() -> None:
    work = UnitOfWork()
    for number in range(101):
        work.create(_shelf(f"s{number}"))
    with calls() as sent, pytest.raises(TooLarge):
        work.commit()
    assert sent == []


def test_an_item_is_written_once() -> None:
    work = UnitOfWork()
    work.create(_shelf("a"))
    work.create(_shelf("a"))
    with pytest.raises(TooLarge):
        work.commit()


def test_attributes_of_a_later_release_are_kept() -> None:
    _commit(_shelf("a"))
    import boto3

    from chalicelib.platform.config import settings

    boto3.client("dynamodb").update_item(
        TableName=settings().table,
        Key={"pk": {"S": Shelf.key("a").pk}, "sk": {"S": "shelf#"}},
        UpdateExpression="SET colour = :c",
        ExpressionAttributeValues={":c": {"S": "red"}},
    )
    shelf = find(Shelf, Shelf.key("a"))
    assert shelf
    shelf.label = "changed"
    work = UnitOfWork()
    work.save(shelf)
    work.commit()
    again = find(Shelf, Shelf.key("a"))
    assert again
    assert again.serialize()["colour"] == {"S": "red"}


def test_one_client_serves_every_record_class() -> None:
    clients = {id(kind._get_connection().connection.client) for kind in (Record, Shelf)}
    assert len(clients) == 1
