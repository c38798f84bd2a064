"""What we write about an online booking, by language: the code, and that it is booked. Pure.

No reason, no type, no name: a text message may be read by anybody. The letters are GSM-7's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..messaging.visit_texts import ENGLISH, FRENCH, SPANISH


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    code_subject: str
    code: str
    booked_subject: str
    booked: str


WORDS: Mapping[str, Words] = {
    ENGLISH: Words(
        code_subject="Your code for {practice}: {code}",
        code="{practice}: your code is {code}. It is good for 10 minutes. "
        "If you did not ask for it, ignore this.",
        booked_subject="Your appointment at {practice}",
        booked="{practice}: your appointment is on {date}, {time}.\n"
        "See, cancel or move it: {link}\n"
        "Call {phone}.",
    ),
    SPANISH: Words(
        code_subject="Su código para {practice}: {code}",
        code="{practice}: su código es {code}. Vale 10 minutos. "
        "Si no lo ha pedido, ignore este mensaje.",
        booked_subject="Su cita en {practice}",
        booked="{practice}: su cita es el {date}, {time}.\n"
        "Verla, cancelarla o cambiarla: {link}\n"
        "Llame al {phone}.",
    ),
    FRENCH: Words(
        code_subject="Votre code pour {practice} : {code}",
        code="{practice}: votre code est {code}. Il est valable 10 minutes. "
        "Si vous ne l'avez pas demandé, ignorez ce message.",
        booked_subject="Votre rendez-vous à {practice}",
        booked="{practice}: votre rendez-vous est le {date}, {time}.\n"
        "Le voir, l'annuler ou le changer : {link}\n"
        "Appelez le {phone}.",
    ),
}
