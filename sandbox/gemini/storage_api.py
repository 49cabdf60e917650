"""The routes of Cloud Storage's JSON API: uploads of all three kinds, reads, lists and deletes."""

import json
import re
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

from sandbox.gemini.messages import ApiError, Json, Reply, Request, json_reply
from sandbox.gemini.simulator import Call, Simulator
from sandbox.gemini.storage import GRANULE, Objects, StorageError

Handler = Callable[[Simulator, Call], Reply]
RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)$")
ABOUT = {
    "name", "bucket", "contentType", "crc32c", "md5Hash", "metadata", "cacheControl", "contentEncoding",
    "storageClass",
}  # fmt: skip
LARGEST_PAGE = 1000


REASONS = {  # what the storage API calls a refusal that has no reason of its own
    400: "invalid", 401: "authError", 403: "forbidden", 404: "notFound", 408: "uploadBrokenConnection",
    412: "conditionNotMet", 429: "rateLimitExceeded",
}  # fmt: skip


def refusal(error: ApiError) -> Reply:
    """A refusal in the storage API's shape of an error."""
    reason = error.reason if isinstance(error, StorageError) else REASONS.get(error.code, "backendError")
    detail: Json = {"message": error.message, "domain": "global", "reason": reason}
    if error.code == 412:
        detail |= {"locationType": "header", "location": "If-Match"}
    if error.code == 401:
        detail |= {"locationType": "header", "location": "Authorization"}
    body = {"error": {"code": error.code, "message": error.message, "errors": [detail]}}
    return json_reply(body, error.code, error.headers)


def _storage(handler: Handler) -> Handler:
    """Refuse another bucket than the one there is."""

    def answered(simulator: Simulator, call: Call) -> Reply:
        simulator.objects.require(unquote(call.names["bucket"]))
        return handler(simulator, call)

    return answered


@_storage
def get_bucket(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001 - one signature for every route
    """`GET /b/B`."""
    return json_reply(simulator.objects.shown_bucket())


@_storage
def list_objects(simulator: Simulator, call: Call) -> Reply:
    """`GET /b/B/o`."""
    query, objects = call.request.query, simulator.objects
    size = (
        min(int(query["maxResults"]), LARGEST_PAGE) if query.get("maxResults", "").isdigit() else LARGEST_PAGE
    )
    names = [n for n in objects.names(query.get("prefix", "")) if n > query.get("pageToken", "")]
    reply: Json = {"kind": "storage#objects"}
    if names:
        reply["items"] = [objects.get(name) for name in names[:size]]
    if len(names) > size:
        reply["nextPageToken"] = names[size - 1]
    return json_reply(reply)


@_storage
def get_object(simulator: Simulator, call: Call) -> Reply:
    """`GET /b/B/o/NAME`: its metadata, or its content with `alt=media`."""
    name, objects = unquote(call.names["object"]), simulator.objects
    meta = objects.get(name)
    if call.request.query.get("alt") != "media":
        return json_reply(meta)
    headers = {
        "Content-Type": meta["contentType"],
        "x-goog-hash": f"crc32c={meta['crc32c']},md5={meta['md5Hash']}",
        "x-goog-generation": meta["generation"],
        "x-goog-stored-content-length": meta["size"],
    }
    return Reply(200, objects.content(name), headers)


@_storage
def delete_object(simulator: Simulator, call: Call) -> Reply:
    """`DELETE /b/B/o/NAME`."""
    simulator.objects.delete(unquote(call.names["object"]), call.request.query.get("ifGenerationMatch"))
    return Reply(204)


@_storage
def upload(simulator: Simulator, call: Call) -> Reply:
    """`POST /upload/.../o`: media, multipart, or the start of a resumable upload."""
    kind = call.request.query.get("uploadType")
    if kind == "media":
        return _media(simulator.objects, call)
    if kind == "multipart":
        return _multipart(simulator.objects, call)
    if kind == "resumable":
        return _begin(simulator.objects, call)
    raise StorageError(400, f"Invalid uploadType: {kind!r}", "invalidParameter")


@_storage
def continue_upload(simulator: Simulator, call: Call) -> Reply:
    """`PUT` of a chunk, or of nothing to ask how far the upload is."""
    objects, upload_id = simulator.objects, call.request.query.get("upload_id", "")
    session, file = objects.session(upload_id)
    first, total = _range(call.request)
    if first is not None:
        _append(file, _accepted(call), first, last_one=total is not None)
    have = file.stat().st_size
    if total is None or have < total:
        return Reply(308, b"", {"Range": f"bytes=0-{have - 1}"} if have else {})
    meta = objects.put(session["name"], file.read_bytes(), session["given"], session["if_generation"])
    objects.end(upload_id)
    return json_reply(meta)


def _range(request: Request) -> tuple[int | None, int | None]:
    """Where the chunk begins (None: there is none) and how long the whole is (None: not known yet)."""
    length = len(request.body)
    header = request.headers.get("content-range", f"bytes 0-{length - 1}/{length}" if length else "bytes */0")
    match = RANGE.match(header)
    if not match or (match[1] is not None and int(match[2]) - int(match[1]) + 1 != length):
        raise StorageError(400, f"Invalid Content-Range for {length} bytes: {header}", "badRequest")
    return (None if match[1] is None else int(match[1])), (None if match[3] == "*" else int(match[3]))


def _accepted(call: Call) -> bytes:
    """What of a chunk is kept: all of it, or under a `short_chunk` rule about half, as Google may do."""
    body = call.request.body
    if not any(fault.kind == "short_chunk" for fault in call.faults):
        return body
    return body[: len(body) // 2 // GRANULE * GRANULE]


def _append(file: Path, chunk: bytes, first: int, last_one: bool) -> None:
    """Put a chunk behind what has come; one that begins elsewhere, or is of an odd size, is refused."""
    have = file.stat().st_size
    if first != have:
        raise StorageError(
            400, f"A chunk from byte {first} does not follow the {have} bytes received.", "badRequest"
        )
    if not last_one and len(chunk) % GRANULE:
        raise StorageError(
            400, f"A chunk must be a multiple of {GRANULE} bytes, got {len(chunk)}.", "badRequest"
        )
    with file.open("ab") as out:
        out.write(chunk)


@_storage
def cancel_upload(simulator: Simulator, call: Call) -> Reply:
    """`DELETE` of a resumable upload."""
    upload_id = call.request.query.get("upload_id", "")
    simulator.objects.session(upload_id)
    simulator.objects.end(upload_id)
    return Reply(499)


def _media(objects: Objects, call: Call) -> Reply:
    about = {"contentType": call.request.headers.get("content-type", "application/octet-stream")}
    about |= _announced(call.request.headers.get("x-goog-hash", ""))
    query = call.request.query
    return json_reply(
        objects.put(query.get("name", ""), call.request.body, about, query.get("ifGenerationMatch"))
    )


def _multipart(objects: Objects, call: Call) -> Reply:
    header = Message()
    header["Content-Type"] = call.request.headers.get("content-type", "")
    boundary = header.get_boundary()
    if header.get_content_type() != "multipart/related" or not boundary:
        raise StorageError(
            400, "A multipart upload needs Content-Type: multipart/related; boundary=...", "badContent"
        )
    parts = [_part(p) for p in call.request.body.split(b"--" + boundary.encode())[1:-1]]
    if len(parts) != 2:
        raise StorageError(400, f"A multipart upload has two parts, got {len(parts)}.", "badContent")
    about = _about(parts[0][1])
    about.setdefault("contentType", parts[1][0] or "application/octet-stream")
    query = call.request.query
    name = about.get("name") or query.get("name", "")
    return json_reply(objects.put(name, parts[1][1], about, query.get("ifGenerationMatch")))


def _part(raw: bytes) -> tuple[str, bytes]:
    """Content type and content of one part, without the line ends that belong to the boundary."""
    newline = b"\r\n" if raw.startswith(b"\r\n") else b"\n"
    head, _, content = raw.removeprefix(newline).partition(newline + newline)
    kinds = [
        line.split(b":", 1)[1] for line in head.split(newline) if line.lower().startswith(b"content-type:")
    ]
    return (kinds[0].strip().decode("latin-1") if kinds else ""), content.removesuffix(newline)


def _begin(objects: Objects, call: Call) -> Reply:
    request = call.request
    about = _about(request.body) if request.body.strip() else {}
    if "x-upload-content-type" in request.headers:
        about.setdefault("contentType", request.headers["x-upload-content-type"])
    name, wanted = about.get("name") or request.query.get("name", ""), request.query.get("ifGenerationMatch")
    if not name:
        raise StorageError(400, "Required object name is missing.", "required")
    objects.check_generation(name, wanted)
    upload_id = objects.begin({"name": name, "given": about, "if_generation": wanted})
    place = f"http://{request.headers.get('host', '127.0.0.1')}{request.path}"
    location = f"{place}?uploadType=resumable&upload_id={upload_id}"
    return Reply(200, b"", {"Location": location, "X-GUploader-UploadID": upload_id})


def _about(raw: bytes) -> Json:
    try:
        about = json.loads(raw)
    except ValueError:
        about = None
    if not isinstance(about, dict):
        raise ApiError(400, "The object's metadata must be a JSON object.")
    unknown = set(about) - ABOUT
    if unknown:
        raise ApiError(
            400, f'Invalid JSON payload received. Unknown name "{sorted(unknown)[0]}": Cannot find field.'
        )
    return about


def _announced(header: str) -> dict[str, str]:
    """The checksums of an `x-goog-hash` header."""
    pairs = dict(item.strip().split("=", 1) for item in header.split(",") if "=" in item)
    return {name: pairs[key] for key, name in (("crc32c", "crc32c"), ("md5", "md5Hash")) if key in pairs}
