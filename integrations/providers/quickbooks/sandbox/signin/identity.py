"""Who signed in: the signing key, ID tokens and user info (§1.1, §1.6)."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

from ..books.store import Store
from ..wire.json import Json
from .tokens import Pair

if TYPE_CHECKING:
    from .rsa_key import RsaKey

SUBJECT = "2d1c7a90-6f0e-4b55-9c11-0a7e5f7a1e01"
ID_TOKEN_SECONDS = 3600
#: What each scope lets an app know (§1.6).
PERSON: dict[str, Json] = {
    "openid": {"sub": SUBJECT},
    "profile": {"givenName": "Robin", "familyName": "Ledger"},
    "email": {"email": "robin@larkfield.example", "emailVerified": True},
    "phone": {"phoneNumber": "+1 5550100", "phoneNumberVerified": False},
    "address": {
        "address": {
            "streetAddress": "12 Orchard Lane",
            "locality": "Albany",
            "region": "NY",
            "postalCode": "12207",
            "country": "US",
        }
    },
}
PERSON_NAME = f"{PERSON['profile']['givenName']} {PERSON['profile']['familyName']}"


def person(scopes: Collection[str]) -> Json:
    return {name: value for scope, known in PERSON.items() if scope in scopes for name, value in known.items()}


class SigningKey:
    """Made when it is first asked for and kept, so that an ID token stays valid over a restart."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def _key(self) -> RsaKey:
        # Its libraries take longer to load than all else of the start, and few apps ask who signed in.
        from .rsa_key import RsaKey, new_pem

        with self._store.writing() as db:
            row = db.execute("SELECT pem FROM key WHERE name = 'id_token'").fetchone()
            pem: bytes = row["pem"] if row else new_pem()
            if row is None:
                db.execute("INSERT INTO key VALUES ('id_token', ?)", (pem,))
        return RsaKey(pem)

    def jwks(self) -> Json:
        return self._key.jwks()

    def id_token(self, *, issuer: str, audience: str, pair: Pair, now: float) -> str:
        claims: Json = {"iss": issuer, "sub": SUBJECT, "aud": [audience], "auth_time": pair.authorised}
        claims |= {"iat": int(now), "exp": int(now) + ID_TOKEN_SECONDS}
        claims |= {"realmid": pair.realm} if pair.realm else {}
        claims |= {"nonce": pair.nonce} if pair.nonce else {}
        return self._key.signed(claims)
