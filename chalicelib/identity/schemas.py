"""What the schemas of several rooms share."""

from pydantic import Field

from ..platform.http import Body

Email = Field(min_length=3, max_length=254, examples=["ada@clinic.example"])
Password = Field(min_length=1, max_length=1_000, examples=["correct horse battery staple"])


class LinkBody(Body):
    token: str = Field(max_length=200, description="From the mailed link")
