"""Who signed in: the signing key, ID tokens and user info (§1.1, §1.6)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ..books.store import Store
from ..wire.json import Json
from .tokens import Pair

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


def person(scopes: Collection[str]) -> Json:
    return {name: value for scope, known in PERSON.items() if scope in scopes for name, value in known.items()}


class SigningKey:
    """Made on first start and kept, so that an ID token stays valid over a restart."""

    def __init__(self, store: Store) -> None:
        with store.writing() as db:
            row = db.execute("SELECT pem FROM key WHERE name = 'id_token'").fetchone()
            pem = row["pem"] if row else _new_pem()
            if row is None:
                db.execute("INSERT INTO key VALUES ('id_token', ?)", (pem,))
        self._pem: bytes = pem
        key = serialization.load_pem_private_key(pem, password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._public = key.public_key()
        self.kid = hashlib.sha256(pem).hexdigest()[:16]

    def jwks(self) -> Json:
        jwk: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(self._public, as_dict=True)
        public = {"kty": jwk["kty"], "n": jwk["n"], "e": jwk["e"]}
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def id_token(self, *, issuer: str, audience: str, pair: Pair, now: float) -> str:
        claims: Json = {"iss": issuer, "sub": SUBJECT, "aud": [audience], "auth_time": pair.authorised}
        claims |= {"iat": int(now), "exp": int(now) + ID_TOKEN_SECONDS}
        claims |= {"realmid": pair.realm} if pair.realm else {}
        claims |= {"nonce": pair.nonce} if pair.nonce else {}
        return jwt.encode(claims, self._pem, algorithm="RS256", headers={"kid": self.kid})


def _new_pem() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
