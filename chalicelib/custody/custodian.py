"""Who keeps a practice's records once it has closed."""

from dataclasses import dataclass

from ..platform.postal import Address


@dataclass(frozen=True, slots=True)
class Custodian:
    """`public_key`: X25519, PEM; without one, what is sealed to a custodian cannot leave."""

    name: str
    address: Address
    email: str
    public_key: str | None = None
