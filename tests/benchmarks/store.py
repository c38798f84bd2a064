"""The engine under the rows: the emulator with the product's resources, and items in bulk.

The emulator isolates transactions, and its time for one does not grow with the table.
"""

import atexit
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from typing import Any

import boto3

from chalicelib.platform.config import settings
from chalicelib.platform.store import Key, Record
from infra.local.emulator import Emulator
from infra.resources import create_resources

from .pricing import Item, item_size

PREFIX = "bench"
BATCH = 25
WRITERS = 4
new_client: Any = boto3.client


def empty_table() -> None:
    """An empty table on the emulator, which starts with the first; the environment names it.

    Nothing expires: the rows' clock stands still, the emulator's does not.
    """
    url = _emulator().url
    if "CARELOOM_TABLE" in os.environ:
        new_client("dynamodb").delete_table(TableName=settings().table)
    os.environ |= create_resources(url, PREFIX)
    new_client("dynamodb").update_time_to_live(
        TableName=settings().table,
        TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": False},
    )


def write(records: Iterable[Record]) -> int:
    """Put records past every guard; how many bytes they are, as a Query counts them."""
    items = [record.serialize() for record in records]
    write_items(items)
    return sum(item_size(item) for item in items)


def write_items(items: Iterable[Item]) -> None:
    """Put items as they are."""
    client = new_client("dynamodb")
    with ThreadPoolExecutor(WRITERS) as writers:
        for _ in writers.map(lambda batch: _put(client, batch), _batches(iter(items))):
            pass


def put_object(key: str, body: bytes) -> None:
    """A file in the mailbox, as a trading partner leaves it."""
    new_client("s3").put_object(Bucket=settings().mailbox_bucket, Key=key, Body=body)


def item_at(key: Key) -> Item:
    """The item at a key that is there, as it is stored."""
    where = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
    answer = new_client("dynamodb").get_item(
        TableName=settings().table, Key=where, ConsistentRead=True
    )
    found: Item = answer["Item"]
    return found


def items_of(partition: str) -> list[Item]:
    """All items of one small partition."""
    answer = new_client("dynamodb").query(
        TableName=settings().table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": partition}},
        ConsistentRead=True,
    )
    found: list[Item] = answer["Items"]
    return found


def link_ids() -> list[str]:
    """The ids of the one-use links that wait: what `newest_link` finds in moto's table."""
    pages = new_client("dynamodb").get_paginator("scan").paginate(TableName=settings().table)
    keys = (item["pk"]["S"].split("#") for page in pages for item in page["Items"])
    return [key[2] for key in keys if key[:2] == ["sys", "link"]]


@cache
def _emulator() -> Emulator:
    emulator = Emulator().start()
    atexit.register(emulator.stop)
    return emulator


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch


def _put(client: Any, items: list[Item]) -> None:
    requests = {settings().table: [{"PutRequest": {"Item": item}} for item in items]}
    while requests:
        requests = client.batch_write_item(RequestItems=requests).get("UnprocessedItems")
