"""What a patient means by a text: to come, not to come, help, no more texts, texts again. Pure.

Every word of 47 CFR 64.1200(a)(10) ends texting, and so do plain words to that effect, in English,
Spanish and French. CANCEL is one of them: it never cancels a visit. That is C, and CC to confirm it.
"""

import re
import unicodedata

STOP, START, HELP, YES, CANCEL, CANCEL_SURELY, OTHER = (
    "stop", "start", "help", "yes", "cancel", "cancel_surely", "other"
)  # fmt: skip

_STOP = frozenset(
    {
        "STOP", "QUIT", "END", "REVOKE", "OPT OUT", "OPTOUT", "OPT-OUT", "CANCEL", "UNSUBSCRIBE",
        "STOP ALL", "STOPALL", "ALTO", "PARAR", "PARE", "DETENER", "BAJA", "BASTA", "CANCELAR",
        "ARRET", "ARRETE", "ARRETER", "ARRETEZ", "DESABONNER", "DESABONNEMENT", "ANNULER",
        "DESUSCRIBIR", "UNSUSCRIBE", "REMOVE", "UNSUB", "STOP IT", "STOP THIS",
        "CANCEL ALL", "END ALL", "QUIT ALL", "REVOKE ALL", "OPT OUT ALL",
    }
)  # fmt: skip
_MEANS = {
    START: frozenset({"START", "UNSTOP", "RESUME", "OPT IN", "OPTIN", "INICIAR", "REPRENDRE"}),
    HELP: frozenset({"HELP", "INFO", "AYUDA", "AIDE"}),
    YES: frozenset({"Y", "YES", "YEP", "CONFIRM", "CONFIRMED", "SI", "CONFIRMAR", "CONFIRMO", "OUI",
                    "CONFIRMER", "JE CONFIRME"}),
    CANCEL: frozenset({"C"}),
    CANCEL_SURELY: frozenset({"CC", "C C"}),
}  # fmt: skip
_POLITE = frozenset(
    ["PLEASE", "PLS", "THANKS", "THANK", "YOU", "NOW", "POR", "FAVOR", "GRACIAS", "SVP", "MERCI"]
)
_PLAIN = re.compile(
    r"\b("
    r"(STOP|QUIT|CEASE|END|CANCEL)( (SENDING|WITH))?( (ME|US|ALL|THE|THESE|YOUR|ANY))* "
    r"(TEXTS?|TEXTING|MESSAGES?|MESSAGING|SMS)"
    r"|(DO NOT|DONT|NEVER) (TEXT|MESSAGE|SMS)( (ME|US|(THIS|MY) (NUMBER|PHONE)|AGAIN|ANY ?MORE)|$)"
    r"|NO MORE (TEXTS?|MESSAGES?|SMS)"
    r"|(REMOVE|TAKE) (ME|MY NUMBER)( OFF| FROM)?(( (THE|THIS|YOUR|ALL|ANY))* (LISTS?|TEXTS?|SMS)|$)"
    r"|OPT (ME )?OUT|OPTING OUT|UNSUBSCRIBE ME|(REVOKE|WITHDRAW)( MY)? (CONSENT|PERMISSION)"
    r"|(LEAVE|LET) ME ALONE"
    r"|NO ((QUIERO|DESEO) )?(RECIBIR )?MAS (MENSAJES|TEXTOS|SMS)|NO (ME )?(MANDE|MANDEN|ENVIE|ENVIEN|ESCRIBA|ESCRIBAN)"
    r"|DEJE(N)? DE (MANDAR|ENVIAR|ESCRIBIR)"
    r"|PLUS (DE|RECEVOIR)( DE)?( VOS)? (SMS|MESSAGES|TEXTOS)|NE (M ?ENVOYEZ|MENVOYEZ) PLUS|ARRETEZ (DE|LES|VOS)"
    r")\b"
)


def meaning_of(text: str) -> str:
    """What it asks for; `other` for all that a person has to read.

    Accents, case, quotes and punctuation do not count, nor do polite words around a word.
    """
    for form in _forms(text):
        if form in _STOP:
            return STOP
        for meaning, words in _MEANS.items():
            if form in words:
                return meaning
    return STOP if _PLAIN.search(_plain(text)) else OTHER


def says_more(text: str) -> bool:
    """Whether it ends texting in words that a person should read, too: not by a stop word alone."""
    return _STOP.isdisjoint(_forms(text))


def _forms(text: str) -> tuple[str, str]:
    """What was said, and without what is polite."""
    said = _plain(text)
    return said, " ".join(word for word in said.split() if word not in _POLITE)


def _plain(text: str) -> str:
    """Capitals without accents, words apart by one space."""
    letters = unicodedata.normalize("NFKD", text.upper())
    bare = "".join(each for each in letters if not unicodedata.combining(each))
    joined = re.sub(r"['’`]", "", bare)
    return " ".join(re.sub(r"[^A-Z0-9-]+", " ", joined).split())
