"""What clients send and get: searches of code systems."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from ..platform.http import INK, Answer, Query


class DiagnosisCodeQuery(Query):
    text: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=2, max_length=100, pattern=rf"{INK}[^\x00]*{INK}"
        ),
    ] = Field(description="Beginning of a code, or words; two letters at least")
    on: date | None = Field(default=None, description="Date of service; today if left out")
    limit: int = Field(default=20, ge=1, le=100)


class DiagnosisCodeView(Answer):
    code: str
    description: str
    billable: bool


class DiagnosisCodeList(Answer):
    """`in_force` is false where no release for the date is loaded: then the nearest one is shown."""

    items: list[DiagnosisCodeView] = Field(validation_alias="hits")
    fiscal_year: int
    in_force: bool
