"""The RSA key beneath ID tokens, and its public half as others fetch it (§1.1, §1.6)."""

from __future__ import annotations

import hashlib
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ..wire.json import Json


class RsaKey:
    def __init__(self, pem: bytes) -> None:
        key = serialization.load_pem_private_key(pem, password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key
        self.kid = hashlib.sha256(pem).hexdigest()[:16]

    def jwks(self) -> Json:
        jwk: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        public = {"kty": jwk["kty"], "n": jwk["n"], "e": jwk["e"]}
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def signed(self, claims: Json) -> str:
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.kid})


def new_pem() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
