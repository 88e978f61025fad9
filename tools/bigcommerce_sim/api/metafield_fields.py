"""Reading a metafield from a body."""

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.call import JsonObject
from bigcommerce_sim.world.metafields import Metafield, MetafieldFields
from bigcommerce_sim.world.refusal import unprocessable

_PERMISSIONS = frozenset(
    {"app_only", "read", "write", "read_and_sf_access", "write_and_sf_access"}
)
_LONGEST = {"namespace": 64, "key": 64, "value": 65535}
METAFIELD_FIELDS = frozenset({"permission_set", "description", *_LONGEST})


def read_metafield(body: JsonObject, known: Metafield | None = None) -> MetafieldFields:
    """Read a metafield; what is not given stays, and is required where nothing is known.

    Raises:
        Refusal: 422 naming the fields that are missing or cannot be taken.
    """
    errors = {}
    values: dict[str, str] = {"description": known.description if known else ""}
    for name in ("permission_set", *_LONGEST):
        value = body.get(name, getattr(known, name, None))
        if value is None:
            errors[name] = "error.path.missing."
        elif not _fits(name, value):
            errors[name] = "error.expected.validvalue"
        values[name] = str(value)
    if "description" in body:
        try:
            values["description"] = fields.text(255)(body["description"])
        except ValueError:
            errors["description"] = "error.expected.validvalue"
    if errors:
        raise unprocessable(errors)
    return MetafieldFields(**values)


def _fits(name: str, value: object) -> bool:
    if name == "permission_set":
        return value in _PERMISSIONS if isinstance(value, str) else False
    return isinstance(value, str) and 1 <= len(value) <= _LONGEST[name]
