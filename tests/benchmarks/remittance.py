"""An 835 that pays claims of `records.accepted_claim`: two lines each, allowed below the charge."""

from collections.abc import Sequence

from chalicelib.claims.models import Claim
from chalicelib.platform.money import decimal_text
from tests.unit.claims.edi_builders import header, interchange

from .records import CODES, FEES

WRITTEN_OFF, SHARE = 500, 400
PAID = [fee - WRITTEN_OFF - SHARE for fee in FEES]


def remittance_of(claims: Sequence[Claim]) -> bytes:
    """One payment for all of them."""
    payment = decimal_text(len(claims) * sum(PAID))
    body = [*header(payment), *(line for claim in claims for line in _claim(claim))]
    return interchange("835", body).encode()


def _claim(claim: Claim) -> list[str]:
    charge, paid = decimal_text(sum(FEES)), decimal_text(sum(PAID))
    share = decimal_text(SHARE * len(FEES))
    lines = [
        f"CLP*{claim.number}*1*{charge}*{paid}*{share}*12*{claim.payer_control_number}*11*1",
        "NM1*QC*1*LEE*ADA****MI*W123456789",
    ]
    for place, (code, fee, amount) in enumerate(zip(CODES, FEES, PAID, strict=True), start=1):
        lines += [
            f"SVC*HC:{code}*{decimal_text(fee)}*{decimal_text(amount)}**1",
            f"DTM*472*{claim.day:%Y%m%d}",
            f"CAS*CO*45*{decimal_text(WRITTEN_OFF)}",
            f"CAS*PR*2*{decimal_text(SHARE)}",
            f"REF*6R*{place}",
        ]
    return lines
