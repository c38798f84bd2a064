"""What lies in moto's queues and buckets, past their APIs."""

from moto.backends import get_backend

_ACCOUNT = "123456789012"


def is_empty(queue_url: str) -> bool:
    """Whether the queue has no message at all, hidden ones included."""
    name = queue_url.rpartition("/")[2]
    return not get_backend("sqs")[_ACCOUNT]["us-east-1"].queues[name]._messages


def objects(bucket: str) -> dict[str, int]:
    """The bucket's objects in the order of their keys, and how long each is."""
    keys = get_backend("s3")[_ACCOUNT]["aws"].buckets[bucket].keys
    return {name: keys[name].size for name in sorted(keys)}
