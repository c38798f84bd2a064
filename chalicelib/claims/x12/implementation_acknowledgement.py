"""An implementation acknowledgement (999) as values: was our file well formed?

Field names follow 005010X231A1. `segment` is the place in the file of the segment a value was
read from; positions inside errors count in the file that we sent.
"""

from dataclasses import dataclass

from chalicelib.claims.x12.interchange import Finding

ACCEPTING_CODES = frozenset({"A", "E"})
REJECTING_CODES = frozenset({"R", "M", "W", "X"})


@dataclass(frozen=True, slots=True)
class ElementError:
    """An IK4. `position` is IK401 as sent: element, component, repetition; `code` is IK403."""

    segment: int
    position: tuple[str, ...]
    reference: str
    code: str
    bad_value: str


@dataclass(frozen=True, slots=True)
class SegmentError:
    """An IK3: segment `tag` at `position` of the set (ST = 1), in `loop`; `code` is IK304.

    `contexts` are its CTX segments as written: the claim, or what made an element required.
    """

    segment: int
    tag: str
    position: int | None
    loop: str
    code: str
    contexts: tuple[str, ...]
    elements: tuple[ElementError, ...]


@dataclass(frozen=True, slots=True)
class SetAcknowledgement:
    """One AK2 loop: the answer to one of our transaction sets. `code` is IK501."""

    segment: int
    set_code: str
    control_number: str
    version: str
    code: str
    error_codes: tuple[str, ...]
    errors: tuple[SegmentError, ...]

    @property
    def is_accepted(self) -> bool:
        """IK501 A, or E: accepted although errors were noted."""
        return self.code in ACCEPTING_CODES


@dataclass(frozen=True, slots=True)
class ImplementationAcknowledgement:
    """One 999 transaction set: the answer to one of our functional groups.

    `group_control_number` is our GS06; `code` is AK901: A, E accepted, P partly, R rejected.
    Sets that are not listed share the group's fate.
    """

    segment: int
    control_number: str
    version: str
    group_code: str
    group_control_number: str
    group_version: str
    sets: tuple[SetAcknowledgement, ...]
    code: str
    included: int
    received: int
    accepted: int
    error_codes: tuple[str, ...]
    warnings: tuple[Finding, ...]

    @property
    def is_accepted(self) -> bool:
        """Every set of the group was accepted."""
        return self.code in ACCEPTING_CODES

    @property
    def fault_codes(self) -> tuple[str, ...]:
        """IK304 of each faulty segment and IK403 of its elements, each once, as they come."""
        codes = (
            code
            for taken in self.sets
            for fault in taken.errors
            for code in (fault.code, *(element.code for element in fault.elements))
        )
        return tuple(dict.fromkeys(codes))
