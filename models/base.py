"""What every model shares: frozen, no unknown fields, errors that name the field."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from models.errors import InvalidData


class Model(BaseModel):
    """An immutable value. Unknown fields and wrong types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def checked(cls, **values: Any) -> Self:
        """Build from outside data; raises InvalidData naming each field that does not fit."""
        try:
            return cls(**values)
        except ValidationError as error:
            raise InvalidData(explain(cls.__name__, error)) from error

    def given(self) -> dict[str, Any]:
        """The fields that hold a value, as JSON types; absent fields are left out."""
        return self.model_dump(mode="json", exclude_none=True)


def explain(name: str, error: ValidationError) -> str:
    """One sentence for a pydantic error: 'Response.percent: Input should be ... (got 120)'."""
    parts = []
    for item in error.errors(include_url=False):
        field = ".".join((name, *(str(step) for step in item["loc"])))
        got = f" (got {item['input']!r:.80})" if item["loc"] else ""
        parts.append(f"{field}: {item['msg']}{got}")
    return "; ".join(parts)
