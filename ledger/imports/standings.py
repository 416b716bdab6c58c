"""Whether money has moved, where a column of its own says it."""

from enum import StrEnum


class Standing(StrEnum):
    MOVED = "moved"
    PENDING = "pending"
    NEVER = "never"


# English, German and French. “Refunded” is left out: whether the refund is a row of its own nobody can tell.
WORDS = {
    **dict.fromkeys(("cleared", "posted", "settled", "completed", "complete", "booked", "processed"), Standing.MOVED),
    **dict.fromkeys(("success", "successful", "succeeded", "approved", "accepted", "captured"), Standing.MOVED),
    **dict.fromkeys(("paid", "billed", "final", "closed", "disputed", "normal", "ok"), Standing.MOVED),
    **dict.fromkeys(("gebucht", "verbucht", "abgeschlossen", "ausgeführt", "genehmigt"), Standing.MOVED),
    **dict.fromkeys(("comptabilisé", "comptabilisée", "validé", "validée", "exécuté", "terminé"), Standing.MOVED),
    **dict.fromkeys(("pending", "authorised", "authorized", "authorisation", "authorization"), Standing.PENDING),
    **dict.fromkeys(("open", "processing", "in progress", "uncleared", "not posted", "hold"), Standing.PENDING),
    **dict.fromkeys(("vorgemerkt", "ausstehend", "offen", "en attente", "autorisé", "en cours"), Standing.PENDING),
    **dict.fromkeys(("declined", "denied", "rejected", "failed", "cancelled", "canceled"), Standing.NEVER),
    **dict.fromkeys(("void", "voided", "reversed", "reverted", "expired", "error", "blocked"), Standing.NEVER),
    **dict.fromkeys(("abgelehnt", "storniert", "fehlgeschlagen", "gesperrt"), Standing.NEVER),
    **dict.fromkeys(("refusé", "refusée", "annulé", "annulée", "rejeté", "rejetée", "échoué"), Standing.NEVER),
}


def standing_of(text: str) -> Standing | None:
    return WORDS.get(" ".join(text.casefold().split()).rstrip("."))


def why_not_yet(text: str) -> str:
    """The sentence that refuses the row; none where money has moved. An empty cell says nothing against it."""
    match standing_of(text):
        case Standing.MOVED:
            return ""
        case Standing.PENDING:
            return f"Its status is “{text[:40]}”: import it once it has cleared."
        case Standing.NEVER:
            return f"Its status is “{text[:40]}”: no money has moved, so there is nothing to record."
        case None:
            return f"Its status “{text[:40]}” does not say whether money has moved." if text else ""
