"""What lies in moto's queues and buckets, past their APIs."""

from typing import Any

from moto.backends import get_backend

_ACCOUNT = "123456789012"


def is_empty(queue_url: str) -> bool:
    """Whether the queue has no message at all, hidden ones included."""
    name = queue_url.rpartition("/")[2]
    return not get_backend("sqs")[_ACCOUNT]["us-east-1"].queues[name]._messages


Files = dict[str, dict[str, list[Any]]]


def files() -> Files:
    """Every object of every bucket as it is now, its versions."""
    buckets = get_backend("s3")[_ACCOUNT]["aws"].buckets
    return {
        name: {key: list(bucket.keys.getlist(key)) for key in bucket.keys}
        for name, bucket in buckets.items()
    }


def put_files_back(kept: Files) -> None:
    """The buckets are again what they were."""
    for name, bucket in get_backend("s3")[_ACCOUNT]["aws"].buckets.items():
        bucket.keys.clear()
        for key, versions in kept.get(name, {}).items():
            bucket.keys.setlist(key, list(versions))


def objects(bucket: str) -> dict[str, int]:
    """The bucket's objects in the order of their keys, and how long each is."""
    keys = get_backend("s3")[_ACCOUNT]["aws"].buckets[bucket].keys
    return {name: keys[name].size for name in sorted(keys)}


def sent() -> int:
    """How many mails and texts have gone out."""
    return len(_mails()) + len(_texts())


def forget_sent() -> None:
    """As if nothing had gone out."""
    _mails().clear()
    _texts().clear()


def _mails() -> Any:
    return get_backend("sesv2")[_ACCOUNT]["us-east-1"].core_backend.sent_messages


def _texts() -> Any:
    return get_backend("sns")[_ACCOUNT]["us-east-1"].sms_messages
