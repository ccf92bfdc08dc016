"""Reads a request's parameters, whichever of the Bot API's ways they came: query, urlencoded, multipart or JSON.

In a form everything is text, so numbers, booleans and JSON are read by the type that the parameter
must have. A text that cannot be read so is a Problem, the same as a wrong type in a JSON body.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from .checking import METHODS, Problem
from .records import Upload

_INTEGER = re.compile(r"-?\d+")
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_DISPOSITION = re.compile(rb'(name|filename)="((?:[^"\\]|\\.)*)"')


def params_of(method: str, query: str, content_type: str, body: bytes) -> dict[str, Any]:
    """The decoded parameters of a request; a null is an absent parameter. Raises Problem."""
    kind = content_type.partition(";")[0].strip().lower()
    found: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
    if not body:
        return _read(method, found)
    if kind == "application/json":
        return {**_read(method, found), **_typed(method, _json(body.decode("utf-8", "replace")))}
    if kind == "multipart/form-data":
        found.update(_multipart(content_type, body))
        _claim_attachments(method, found)
    elif kind == "application/x-www-form-urlencoded":
        try:
            found.update(parse_qsl(body.decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            raise Problem("is not UTF-8", "strings must be encoded in UTF-8").inside("body") from None
    else:
        raise Problem(f"has the content type {kind!r}").inside("body")
    return _read(method, found)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Problem("is not JSON", "can't parse request JSON object") from None


def _typed(method: str, values: Any) -> dict[str, Any]:
    if type(values) is not dict:
        raise Problem("must be a JSON object").inside("body")
    fields = METHODS[method]["fields"]
    given = {name: value for name, value in values.items() if value is not None}
    for name, value in given.items():
        # A chat's id may come as a string in JSON too; as a number it is found again among the chats.
        if type(value) is str and fields.get(name, {}).get("types") == "Integer|String" and _INTEGER.fullmatch(value):
            given[name] = int(value)
    return given


def _read(method: str, texts: dict[str, Any]) -> dict[str, Any]:
    fields = METHODS[method]["fields"]
    read = {}
    for name, text in texts.items():
        if name not in fields or type(text) is not str:
            read[name] = text  # an unknown name is for the check to refuse
            continue
        try:
            read[name] = _value(fields[name]["types"], text)
        except Problem as problem:
            raise problem.inside(name) from None
    return read


def _value(types: str, text: str) -> Any:
    if types == "String":
        return text
    names = types.split("|")
    if "Integer" in names and _INTEGER.fullmatch(text):
        return int(text)
    if "Float" in names:
        try:
            return float(text)
        except ValueError:
            raise Problem(f"must be a number, not {text!r}") from None
    if "Boolean" in names:
        return _BOOLEANS.get(text.lower(), text)
    if "String" in names or "Integer" in names:
        return text
    return _json(text)


def _multipart(content_type: str, body: bytes) -> dict[str, Any]:
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if not boundary:
        raise Problem("is multipart without a boundary").inside("body")
    parts: dict[str, Any] = {}
    for part in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        names = {key.decode(): value.decode() for key, value in _DISPOSITION.findall(head)}
        if "filename" in names:
            kind = re.search(rb"content-type:\s*([^\r\n]+)", head, re.I)
            parts[names["name"]] = Upload(names["filename"], kind[1].decode() if kind else "", len(content))
        else:
            parts[names["name"]] = content.decode()
    return parts


def _claim_attachments(method: str, parts: dict[str, Any]) -> None:
    """Uploads that another parameter names as attach://… are taken out; the others are parameters themselves."""
    named = set(re.findall(r"attach://([^\"\\]+)", " ".join(value for value in parts.values() if type(value) is str)))
    for name in named:
        if type(parts.get(name)) is not Upload:
            raise Problem(f"names attach://{name}, which is not in the request").inside("body")
        if name not in METHODS[method]["fields"]:
            del parts[name]
