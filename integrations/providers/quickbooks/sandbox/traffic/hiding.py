"""Takes tokens, codes and secrets out of what is shown of a request."""

from __future__ import annotations

import re

HIDDEN = "(hidden)"
_HEADERS = ("authorization", "cookie", "set-cookie", "proxy-authorization", "intuit-signature")
_NAMES = "access_token|refresh_token|id_token|client_secret|id_token_hint|code_verifier|signature|token"
#: A value in a form or an address, one in JSON, and whatever looks like one of our tokens or codes (signin/tokens.py).
_IN_FORM = re.compile(rf"\b((?:{_NAMES})=)[^&\s\"]*")
_IN_JSON = re.compile(rf'("(?:{_NAMES})"\s*:\s*")[^"]*')
_SHAPED = re.compile(r"\b(?:eyJ|RT1-|AB11)[\w.\-]{8,}")
_CODE = re.compile(r"\b(code=)[^&\s]*")


def header(name: str, value: str) -> str:
    """Of Authorization the scheme stays, since that is what callers get wrong."""
    if name.lower() not in _HEADERS:
        return text(value)
    scheme, blank, rest = value.partition(" ")
    return f"{scheme} {HIDDEN}" if blank and rest else HIDDEN


def text(words: str) -> str:
    for pattern in (_IN_FORM, _IN_JSON, _CODE):
        words = pattern.sub(rf"\g<1>{HIDDEN}", words)
    return _SHAPED.sub(HIDDEN, words)
