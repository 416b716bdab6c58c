"""Who signed in: the signing key, ID tokens and user info (§1.1, §1.6)."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ..books.store import Store
from ..wire.json import Json
from .tokens import ACCESS_SECONDS

SUBJECT = "2d1c7a90-6f0e-4b55-9c11-0a7e5f7a1e01"
PERSON: Json = {
    "sub": SUBJECT,
    "givenName": "Robin",
    "familyName": "Ledger",
    "email": "robin@larkfield.example",
    "emailVerified": True,
    "phoneNumber": "+1 5550100",
    "phoneNumberVerified": False,
}


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

    def id_token(self, *, issuer: str, audience: str, realm: str | None, nonce: str | None) -> str:
        now = int(time.time())
        claims: Json = {"iss": issuer, "sub": SUBJECT, "aud": [audience], "iat": now, "exp": now + ACCESS_SECONDS}
        claims |= {"realmid": realm} if realm else {}
        claims |= {"nonce": nonce} if nonce else {}
        return jwt.encode(claims, self._pem, algorithm="RS256", headers={"kid": self.kid})


def _new_pem() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
