"""Discovery, token endpoint, revocation and user info (§1)."""

from __future__ import annotations

import base64
import binascii

from starlette.responses import Response

from ..sandbox import Call, Sandbox, answer
from ..traffic.faults import Target
from ..traffic.mischief import meet
from ..wire.json import Json, loads
from ..wire.refusals import GatewayRefusal, Refusal
from .apps import App, Apps
from .identity import PERSON, person
from .tokens import Grants, Pair

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"


class OAuthError(Exception):
    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error} | ({"error_description": description} if description else {})


def issuer(origin: str) -> str:
    return f"{origin}/op/v1"


def discovery(call: Call) -> Response:
    origin = call.origin
    return answer(
        {
            "issuer": issuer(origin),
            "authorization_endpoint": f"{origin}/connect/oauth2",
            "token_endpoint": f"{origin}/oauth2/v1/tokens/bearer",
            "userinfo_endpoint": f"{origin}/v1/openid_connect/userinfo",
            "revocation_endpoint": f"{origin}/v2/oauth2/tokens/revoke",
            "jwks_uri": f"{origin}/op/v1/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "auth_time", "exp", "iat", "iss", "nonce", "realmid", "sub"],
        }
    )


class OAuth:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._apps = Apps(sandbox.store, sandbox.settings)

    def jwks(self, call: Call) -> Response:
        return answer(self._sandbox.key.jwks())

    def token(self, call: Call) -> Response:
        try:
            return self._granted(call)
        except OAuthError as error:
            return answer(error.body, error.status, NO_STORE)
        except Refusal as planned:
            # Only a planned fault comes here; its code is the word of OAuth, such as invalid_grant.
            return answer({"error": planned.code, "error_description": planned.detail}, planned.status, NO_STORE)

    def _granted(self, call: Call) -> Response:
        if not _is_form(call):
            raise OAuthError("invalid_request", "The body must be a form")
        form = call.form
        app = self._client(call, form)
        with self._sandbox.store.reading() as db:
            grants = Grants.on(db, self._sandbox)
            realm = grants.realm_of(code=form.get("code", ""), refresh_token=form.get("refresh_token", ""))
        target = Target(realm, "token", "token")
        return meet(self._sandbox, target, lambda: self._exchanged(call, app, form))

    def _exchanged(self, call: Call, app: App, form: dict[str, str]) -> Response:
        return answer(self._body(call, app, self._pair(app.client, form)), headers=NO_STORE)

    def _pair(self, client: str, form: dict[str, str]) -> Pair:
        kind = form.get("grant_type")
        # What a refused exchange or refresh revokes has to stay revoked, hence no error inside the transaction.
        with self._sandbox.store.writing() as db:
            grants = Grants.on(db, self._sandbox)
            if kind == "authorization_code":
                pair = grants.exchange(client, _needed(form, "code"), _needed(form, "redirect_uri"))
                description = "Invalid authorization code"
            elif kind == "refresh_token":
                pair = grants.refresh(client, _needed(form, "refresh_token"))
                description = "Incorrect or invalid refresh token"
            else:
                raise OAuthError("unsupported_grant_type" if kind else "invalid_request")
        if pair is None:
            raise OAuthError("invalid_grant", description)
        return pair

    def _body(self, call: Call, app: App, pair: Pair) -> Json:
        body: Json = {
            "token_type": "bearer",
            "access_token": pair.access,
            "expires_in": pair.access_seconds,
            "refresh_token": pair.refresh,
            "x_refresh_token_expires_in": pair.idle_seconds,
        }
        if call.headers.get(HARD_EXPIRY_HEADER, "").lower() == "true":
            body["x_refresh_token_hard_expires_in"] = pair.hard_seconds
        if "openid" in pair.scope.split():
            key, now = self._sandbox.key, self._sandbox.now()
            body["id_token"] = key.id_token(issuer=issuer(call.origin), audience=app.client, pair=pair, now=now)
        return body

    def revoke(self, call: Call) -> Response:
        try:
            app = self._client(call, call.form if _is_form(call) else {})
            token = _token_to_revoke(call)
            with self._sandbox.store.writing() as db:
                known = Grants.on(db, self._sandbox).revoke(app.client, token)
            if not known:
                raise OAuthError("invalid_request", "The token is not known or already revoked")
        except OAuthError as error:
            return answer(error.body, error.status, NO_STORE)
        return Response(b"", 200, NO_STORE)

    def user_info(self, call: Call) -> Response:
        try:
            with self._sandbox.store.reading() as db:
                grant = Grants.on(db, self._sandbox).live(call.headers.get("authorization", ""))
        except GatewayRefusal as refusal:
            return answer(refusal.body(self._sandbox.now()), refusal.status)
        scopes = grant["scope"].split()
        if "openid" not in scopes:
            return answer({"error": "insufficient_scope"}, 403)
        return answer(person(PERSON if self._sandbox.settings.switches.user_info == "whole" else scopes))

    def _client(self, call: Call, form: dict[str, str]) -> App:
        given = _basic(call.headers.get("authorization", ""))
        if given is None and "client_secret" in form:
            given = (form.get("client_id", ""), form["client_secret"])
        app = self._apps.known(*given) if given else None
        if app is None:
            raise OAuthError("invalid_client", status=401)
        return app


def _is_form(call: Call) -> bool:
    return call.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, secret) if colon else None


def _needed(form: dict[str, str], name: str) -> str:
    if not form.get(name):
        raise OAuthError("invalid_request", f"{name} is missing")
    return form[name]


def _token_to_revoke(call: Call) -> str:
    if _is_form(call):
        return _needed(call.form, "token")
    try:
        body = loads(call.body)
    except ValueError:
        # Some send a form without saying so.
        return _needed(call.form, "token")
    token = body.get("token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token:
        raise OAuthError("invalid_request", "token is missing")
    return token
