"""Queues at their worst: each message three times, old ones again, in any order, and deaths."""

from collections.abc import Callable
from random import Random

import boto3

from chalicelib.platform.config import settings
from tests.faults import Died, dying
from tests.world import World

Told = list[tuple[str, str]]
"""Messages, each with its queue."""


class Unreliable:
    """Carries what lies in `queues`; what lies in others is dropped."""

    def __init__(self, world: World, random: Random, queues: tuple[str, ...]) -> None:
        self._world, self._random, self._queues = world, random, queues
        self._told: Told = []

    def carry(self) -> None:
        """All events until nothing is new."""
        while True:
            self._world._stream()
            new = self._received()
            if not new:
                return
            old = self._random.sample(self._told, min(2, len(self._told)))
            self._told += new
            self._deliver(new * 3 + old)

    def repeat(self) -> None:
        """All that was ever told, again, and what comes of it."""
        self._deliver(self._told)
        self.carry()

    def perhaps_dying(self, act: Callable[[], object]) -> None:
        """One in eight dies at some call; nothing then comes of it, or half of it."""
        if self._random.random() > 0.125:
            return
        try:
            with dying(self._random.randrange(20), after=self._random.random() < 0.5):
                act()
        except Died:
            return

    def _deliver(self, told: Told) -> None:
        """What is given back comes again."""
        shuffled = self._random.sample(told, len(told))
        while shuffled:
            domain, body = shuffled.pop()

            def deliver(domain: str = domain, body: str = body) -> list[str]:
                return self._world.deliver(domain, [body])

            self.perhaps_dying(deliver)
            if deliver():
                shuffled.insert(0, (domain, body))

    def _received(self) -> Told:
        sqs, found = boto3.client("sqs"), []
        for domain, url in settings().queue_urls.items():
            while not self._world._is_empty(url):
                for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)[
                    "Messages"
                ]:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    found.append((domain, message["Body"]))
        return [each for each in found if each[0] in self._queues]
