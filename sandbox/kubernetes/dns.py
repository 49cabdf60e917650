"""The name server of the pods: `python -m sandbox.kubernetes.dns URL CERTIFICATES ADDRESS`.

Answers A questions for Services (their ClusterIP), headless Services and their pods (addresses of the
ready endpoints) from the API server, and says of every other name that there is none.
"""

from __future__ import annotations

import http.client
import socket
import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox.kubernetes.api import Api, ApiError

PORT = 53
DOMAIN = ["svc", "cluster", "local"]
TTL_SECONDS = 5
ADDRESS, INTERNET = 1, 1
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME = 0, 2, 3
HEADER = struct.Struct(">HHHHHH")
RESPONSE = 0x8480  # an authoritative answer of a server that recurses
RECURSION_DESIRED = 0x0100


def lookup(api: Api, name: str) -> list[str]:
    """The addresses of a name inside the cluster; none when there is no such name.

    Raises ApiError, OSError or HTTPException when the API server does not tell.
    """
    labels = name.lower().rstrip(".").split(".")
    if labels[-3:] != DOMAIN or len(labels) not in (5, 6):
        return []
    *host, service, namespace = labels[:-3]
    try:
        address = api.get(f"/api/v1/namespaces/{namespace}/services/{service}")["spec"].get("clusterIP", "")
    except ApiError as error:
        if error.status in (404, 422):
            return []
        raise
    if address not in ("", "None"):
        return [] if host else [address]
    return _endpoints(api, namespace, service, host[0] if host else None)


def answer(api: Api, question: bytes) -> bytes:
    """The reply to one packet."""
    identity, flags, *_ = HEADER.unpack_from(question)
    name, end = _name(question, HEADER.size)
    kind, family = struct.unpack_from(">HH", question, end)
    try:
        addresses = lookup(api, name)
        code = NO_ERROR if addresses else NO_SUCH_NAME
    except (ApiError, OSError, http.client.HTTPException):
        addresses, code = [], SERVER_FAILURE
    if (kind, family) != (ADDRESS, INTERNET):
        addresses = []
    head = HEADER.pack(identity, RESPONSE | (flags & RECURSION_DESIRED) | code, 1, len(addresses), 0, 0)
    records = [
        struct.pack(">HHHIH", 0xC000 | HEADER.size, ADDRESS, INTERNET, TTL_SECONDS, 4) + socket.inet_aton(one)
        for one in addresses
    ]
    return head + question[HEADER.size : end + 4] + b"".join(records)


def _name(packet: bytes, at: int) -> tuple[str, int]:
    """The name that begins there, and where the rest begins."""
    labels = []
    while length := packet[at]:
        labels.append(packet[at + 1 : at + 1 + length].decode("ascii", errors="replace"))
        at += 1 + length
    return ".".join(labels), at + 1


def _endpoints(api: Api, namespace: str, service: str, host: str | None) -> list[str]:
    slices = api.get(
        f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices",
        labelSelector=f"kubernetes.io/service-name={service}",
    )
    return [
        address
        for part in slices["items"]
        for endpoint in part["endpoints"] or []
        if endpoint.get("conditions", {}).get("ready") is not False
        and host in (None, endpoint.get("hostname"))
        for address in endpoint["addresses"]
    ]


def main(url: str, certificates: str, address: str) -> None:
    """Serve until killed."""
    api = Api(url, Path(certificates))
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind((address, PORT))

    def reply(packet: bytes, client: tuple[str, int]) -> None:
        try:
            listener.sendto(answer(api, packet), client)
        except (struct.error, IndexError, OSError) as error:
            sys.stderr.write(f"{client[0]}: {error!r}\n")

    with ThreadPoolExecutor(8) as pool:
        while True:
            pool.submit(reply, *listener.recvfrom(1500))


if __name__ == "__main__":
    main(*sys.argv[1:])
