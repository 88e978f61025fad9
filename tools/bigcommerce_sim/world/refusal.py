"""The one way in which the store says no."""

from collections.abc import Mapping


class Refusal(Exception):
    """Refuse a request with an HTTP status; the API version decides on the body's shape.

    `errors` is v3's map of field to message, `details` is v2's extra object.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Mapping[str, object] | None = None,
        details: Mapping[str, object] | None = None,
        body: object = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.details = details
        self.body = body


def not_found() -> Refusal:
    """Say that the resource is not there."""
    return Refusal(404, "The requested resource was not found.")


def read_only(field: str) -> Refusal:
    """Say that a field cannot be written; the whole request fails."""
    return Refusal(
        400,
        f"The field '{field}' cannot be written to. "
        "Please remove it from your request before trying again.",
    )


def unsupported(field: str) -> Refusal:
    """Say that v2 knows no such field."""
    return Refusal(400, f"The field '{field}' is not supported by this resource.")


def invalid(field: str) -> Refusal:
    """Say that a field has a value that v2 cannot take."""
    return Refusal(400, f"The field '{field}' is invalid.")


def unprocessable(errors: Mapping[str, object], title: str = "") -> Refusal:
    """Say which fields of a v3 body are wrong."""
    return Refusal(422, title or "JSON data is missing or invalid", errors=errors)
