"""A throw-away certificate authority, the certificates it signs and the kubeconfig files that carry them."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.kubernetes.place import CONTEXT, NODE_NAME

VALID_DAYS = 30
API_NAMES = (
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "localhost",
)
COMPONENTS = {
    "admin": ("admin", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
    "kube-proxy": ("system:kube-proxy", ""),
    "kubelet": (f"system:node:{NODE_NAME}", "system:nodes"),
}
"""Who talks to the API server: user name and group of each client certificate."""


@dataclass(frozen=True)
class Authority:
    """A certificate authority in a folder: signs, and writes what it signed beside its own certificate."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls, folder: Path) -> Authority:
        """Make one that nobody has seen before."""
        folder.mkdir(parents=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("finrisk-test-authority", "")
        certificate = (
            _builder(name, key.public_key())
            .issuer_name(name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(folder / "ca.crt", certificate.public_bytes(serialization.Encoding.PEM))
        return cls(folder, key, certificate)

    def client(self, file: str, user: str, group: str, valid_days: int = VALID_DAYS) -> None:
        """Sign a client's certificate: the API server takes its name as user, its organisation as group."""
        self._sign(file, _name(user, group), ExtendedKeyUsageOID.CLIENT_AUTH, (), valid_days)

    def server(self, file: str, user: str, group: str, names: Sequence[str]) -> None:
        """Sign a server's certificate for host names and addresses."""
        self._sign(file, _name(user, group), ExtendedKeyUsageOID.SERVER_AUTH, names)

    def _sign(
        self,
        file: str,
        subject: x509.Name,
        usage: x509.ObjectIdentifier,
        names: Sequence[str],
        valid_days: int = VALID_DAYS,
    ) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(subject, key.public_key(), valid_days)
            .issuer_name(self.certificate.subject)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        )
        if names:
            alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        _write(self.folder / f"{file}.crt", certificate.public_bytes(serialization.Encoding.PEM))
        _write(self.folder / f"{file}.key", _private(key))


def issue(folder: Path, address: str, api_service: str) -> None:
    """Make every key and certificate of a cluster whose API server and kubelet answer at ``address``."""
    authority = Authority.new(folder)
    authority.server("apiserver", "kube-apiserver", "", [*API_NAMES, "127.0.0.1", address, api_service])
    authority.server("kubelet-server", *COMPONENTS["kubelet"], [NODE_NAME, address])
    authority.client("apiserver-kubelet", "kube-apiserver-kubelet-client", "system:masters")
    for file, (user, group) in COMPONENTS.items():
        authority.client(file, user, group)
    authority.client("expired", *COMPONENTS["admin"], valid_days=-1)
    tokens = ec.generate_private_key(ec.SECP256R1())
    _write(folder / "service-accounts.key", _private(tokens))
    public = tokens.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write(folder / "service-accounts.pub", public)


def write_kubeconfigs(folder: Path, url: str) -> None:
    """Write ``<component>.kubeconfig`` for each component, with its certificate inside."""

    def encode(file: str) -> str:
        return base64.b64encode((folder / file).read_bytes()).decode()

    for name in COMPONENTS:
        user = {"client-certificate-data": encode(f"{name}.crt"), "client-key-data": encode(f"{name}.key")}
        cluster = {"server": url, "certificate-authority-data": encode("ca.crt")}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": CONTEXT, "cluster": cluster}],
            "users": [{"name": name, "user": user}],
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": name}}],
            "current-context": CONTEXT,
        }
        _write(folder / f"{name}.kubeconfig", json.dumps(content, indent=1).encode())


def _name(user: str, group: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, user)]
    if group:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
    return x509.Name(parts)


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, valid_days: int = VALID_DAYS
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    begins = min(now, now + datetime.timedelta(days=valid_days - 1)) - datetime.timedelta(minutes=5)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(now + datetime.timedelta(days=valid_days))
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
