"""The token endpoint: a throw-away service account, its signed assertions, and bearers that expire."""

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.gemini.files import read_json, write_atomic
from sandbox.gemini.messages import ApiError, Json, Reply, json_reply

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
POOL = (
    "//iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/sandbox/providers/sandbox"
)
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"  # what google-auth signs for, whatever the token_uri
SCOPES = {
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/devstorage.read_write",
    "https://www.googleapis.com/auth/devstorage.full_control",
}
CLOCK_SKEW = 60  # seconds
LONGEST_ASSERTION = 3600  # seconds, as Google allows


def service_account(var: Path, token_uri: str, project: str) -> dict[str, str]:
    """The throw-away service account in `<var>/service-account.json` (0600), made when it is missing.

    An existing account keeps its key; its `token_uri` and `project_id` are brought up to date.
    """
    path = var / "service-account.json"
    last = read_json(path)
    if not last.get("private_key"):
        last = _new_account(project)
    account = {**last, "token_uri": token_uri, "project_id": project}
    if account != read_json(path):
        var.mkdir(parents=True, exist_ok=True)
        write_atomic(path, (json.dumps(account, indent=2) + "\n").encode(), 0o600)
    return account


def _new_account(project: str) -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    email = f"finrisk-sandbox@{project}.iam.gserviceaccount.com"
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": hashlib.sha256(pem).hexdigest()[:40],
        "private_key": pem.decode(),
        "client_email": email,
        "client_id": str(int.from_bytes(os.urandom(8), "big")),
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "universe_domain": "googleapis.com",
    }


def workload_identity(var: Path, token_uri: str) -> None:
    """Write `<var>/workload-identity.json`: the account of a workload that has a token file and no key."""
    token = var / "workload.token"
    if not token.exists():
        write_atomic(token, os.urandom(24).hex().encode(), 0o600)
    config = {
        "type": "external_account",
        "universe_domain": "googleapis.com",
        "audience": POOL,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": token_uri,
        "credential_source": {"file": str(token), "format": {"type": "text"}},
    }
    write_atomic(var / "workload-identity.json", (json.dumps(config, indent=2) + "\n").encode(), 0o600)


class Tokens:
    """Issues bearers for the service account and checks them.

    A bearer carries its own expiry under an HMAC, so that those issued before a restart stay good.
    """

    def __init__(
        self, folder: Path, account: dict[str, str], seconds: int, workload: Path | None = None
    ) -> None:
        self.account = account
        self._workload = workload
        self.seconds = seconds
        path = folder / "token.key"
        if not path.exists():
            write_atomic(path, os.urandom(32), 0o600)
        self._key = path.read_bytes()
        private = serialization.load_pem_private_key(account["private_key"].encode(), password=None)
        public = private.public_key()
        if not isinstance(public, rsa.RSAPublicKey):
            raise TypeError(
                "service-account.json holds a key that is not RSA; remove the file and start again"
            )
        self._public = public

    def issue(self, seconds: int) -> str:
        """A new bearer that is good for `seconds`."""
        claim = f"{int(time.time()) + seconds}.{os.urandom(6).hex()}"
        return f"ya29.{claim}.{self._mac(claim)}"

    def check(self, headers: Mapping[str, str]) -> None:
        """Raise ApiError 401 unless the request carries a bearer of ours that has not expired."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise _unauthenticated(
                "Request is missing required authentication credential. Expected OAuth 2 access token, "
                "login cookie or other valid authentication credential.",
                "CREDENTIALS_MISSING",
            )
        claim, _, mac = token.strip().removeprefix("ya29.").rpartition(".")
        expiry = claim.partition(".")[0]
        genuine = hmac.compare_digest(mac.encode(), self._mac(claim).encode())
        if not genuine or not expiry.isdigit() or int(expiry) <= time.time():
            raise _unauthenticated(
                "Request had invalid authentication credentials. Expected OAuth 2 access token, "
                "login cookie or other valid authentication credential.",
                "ACCESS_TOKEN_EXPIRED" if genuine else "ACCESS_TOKEN_TYPE_UNSUPPORTED",
            )

    def exchange(self, body: bytes, seconds: int | None = None) -> Reply:
        """Answer `POST /token`: a bearer for a signed assertion, or for the token of a workload."""
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        if form.get("grant_type") not in (GRANT, EXCHANGE):
            return _refused("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        federated = form["grant_type"] == EXCHANGE
        problem = self._workload_problem(form) if federated else self._problem(form.get("assertion", ""))
        if problem:
            return _refused("invalid_grant", problem)
        lifetime = self.seconds if seconds is None else seconds
        token = {"access_token": self.issue(lifetime), "expires_in": lifetime, "token_type": "Bearer"}
        if federated:
            token["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a kind
        return json_reply(token, headers={"Cache-Control": "no-store"})

    def _workload_problem(self, form: Mapping[str, str]) -> str | None:
        if form.get("audience") != POOL:
            return f"Invalid value for audience: {form.get('audience', '')}"
        if not SCOPES & set(form.get("scope", "").split()):
            return "Invalid OAuth scope or ID token audience provided."
        token = self._workload.read_bytes() if self._workload else b""
        if not token or not hmac.compare_digest(form.get("subject_token", "").encode(), token):
            return "The given credential is rejected by the attribute condition."
        return None

    def _problem(self, assertion: str) -> str | None:
        try:
            head, claims, signature = assertion.split(".")
            header, body = json.loads(_unpadded(head)), json.loads(_unpadded(claims))
            if header.get("alg") != "RS256":
                return "Invalid JWT: the algorithm must be RS256."
            self._public.verify(
                _unpadded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return "Invalid JWT Signature."
        except (ValueError, AttributeError, TypeError):
            return "Invalid JWT: it must be three base64url parts of JSON, JSON and signature."
        return self._claim_problem(body)

    def _claim_problem(self, claims: dict[str, Any]) -> str | None:
        issued, expires, now = claims.get("iat"), claims.get("exp"), time.time()
        if claims.get("iss") != self.account["client_email"]:
            return "Invalid issuer: Not a valid email or user ID."
        if claims.get("aud") not in (GOOGLE_AUDIENCE, self.account["token_uri"]):
            return f"Invalid JWT: audience must be {GOOGLE_AUDIENCE} or {self.account['token_uri']}."
        if not isinstance(issued, int) or not isinstance(expires, int):
            return "Invalid JWT: iat and exp must be numbers."
        if expires < now - CLOCK_SKEW or issued > now + CLOCK_SKEW or expires - issued > LONGEST_ASSERTION:
            return (
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            )
        if not SCOPES & set(str(claims.get("scope", "")).split()):
            return "Invalid OAuth scope or ID token audience provided."
        return None

    def _mac(self, claim: str) -> str:
        return hmac.new(self._key, claim.encode(), hashlib.sha256).hexdigest()[:40]


def _unpadded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _refused(error: str, description: str) -> Reply:
    return json_reply({"error": error, "error_description": description}, 400)


def _unauthenticated(message: str, reason: str) -> ApiError:
    detail: Json = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
    }
    return ApiError(401, message, details=[detail], headers={"WWW-Authenticate": 'Bearer realm="finrisk"'})
