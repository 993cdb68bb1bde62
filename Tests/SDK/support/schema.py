"""Whether the body of an answer has the fields of its operation, each with its type, and no others."""

import re
from collections.abc import Iterator
from typing import Any

_instant = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_times = {"created", "updated", "created_at", "updated_at", "createdAt", "updatedAt"}

# Keys that are there only sometimes, by operation and place.
_optional = {
    "list_references": {"next_marker"},
    "list_repo_details": {"nextMarker"},
    "list_repository_tag": {"nextMarker"},
    "list_shared_repo_details": {"nextMarker"},
}
# Keys of the model that the operation leaves out.
_left_out = {"list_repo_details": {"repos[].status"}}
# Keys that clients know and the SDK does not, with their types.
_extra: dict[str, dict[str, str]] = {
    "list_namespaces": {"namespaces[].access_user_count": "integer", "namespaces[].repo_count": "integer"},
    "list_repository_tag": {"next_marker": "string"},
    "show_repo_tag": {"Tag": "string"},
    "show_share_feature_gates": {
        "enable_cosign_signature": "boolean",
        "enable_enterprise_edition_link": "boolean",
        "enable_customize_validity_period": "boolean",
        "swr_util_download_url": "string",
    },
}
# Places where null is an answer.
_nullable = {
    "list_repository_tags": {"[].deleted"},
    "list_repo_accessories": {"accessories"},
    "list_triggers_details": {"[].trigger_history"},
}
_kinds: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}


def schema_faults(operation: str, schema: dict[str, Any], answer: Any) -> Iterator[str]:
    """What in the answer is not as the schema of the operation has it."""
    if operation == "show_access_domain" and answer == {"exist": False}:
        return
    yield from _faults(operation, "", schema, answer)


def _faults(operation: str, place: str, schema: dict[str, Any], value: Any) -> Iterator[str]:
    if value is None and place in _nullable.get(operation, ()):
        return
    kind = schema["type"]
    match kind:
        case "array":
            if not isinstance(value, list):
                yield f"{place or 'the body'} is no array"
                return
            for item in value:
                yield from _faults(operation, f"{place}[]", schema["items"], item)
        case "map":
            if not isinstance(value, dict):
                yield f"{place} is no object"
                return
            for name, item in value.items():
                yield from _faults(operation, f"{place}.{name}", schema["values"], item)
        case _ if kind.startswith("object"):
            yield from _object_faults(operation, place, schema, value)
        case _:
            yield from _value_faults(place, kind, value)


def _object_faults(operation: str, place: str, schema: dict[str, Any], value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place or 'the body'} is no object"
        return
    if "fields" not in schema:
        return
    extra = _extra.get(operation, {})
    for name, field in schema["fields"].items():
        inner = f"{place}.{name}" if place else name
        if inner in _left_out.get(operation, ()):
            if name in value:
                yield f"{inner} is there"
        elif name in value:
            yield from _faults(operation, inner, field, value[name])
        elif inner not in _optional.get(operation, ()):
            yield f"{inner} is missing"
    for name in value.keys() - schema["fields"].keys():
        inner = f"{place}.{name}" if place else name
        if inner in extra:
            yield from _value_faults(inner, extra[inner], value[name])
        else:
            yield f"{inner} is in no document"


def _value_faults(place: str, kind: str, value: Any) -> Iterator[str]:
    if not isinstance(value, _kinds[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{place} is {value!r}, not of type {kind}"
    elif place.rsplit(".", 1)[-1] in _times and not _instant.fullmatch(str(value)):
        yield f"{place} is {value!r}, no instant in UTC"
