"""Settings: the only reader of the environment."""

import json
import os
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

TURNSTILE = "https://challenges.cloudflare.com/turnstile/v0/siteverify"


class Rate(NamedTuple):
    """How often something may be done: `burst` times at once, `per_second` in the long run."""

    per_second: float
    burst: int

    @classmethod
    def parsed(cls, text: str) -> "Rate":
        """`20/200`: 20 a second, 200 at once. ValueError for anything else."""
        per_second, _, burst = text.partition("/")
        return cls(float(per_second), int(burst))


@dataclass(frozen=True, slots=True)
class Settings:
    """What the deployment tells the code. All names are `CARELOOM_*` but the AWS ones."""

    stage: str
    table: str
    files_bucket: str
    mailbox_bucket: str
    audit_bucket: str
    queue_urls: dict[str, str]
    keys_secret: str
    mail_from: str
    sms_origination: str | None
    message_events: str | None
    public_url: str
    app_url: str
    captcha_site_key: str | None
    captcha_url: str
    allowed_origins: tuple[str, ...]
    region: str
    endpoint_url: str | None
    media_region: str
    practice_role: str
    entry_role: str
    practice_rate: Rate
    api_key_rate: Rate
    source_rate: Rate


@cache
def settings() -> Settings:
    """Read the environment once. KeyError names the first missing variable."""
    read = os.environ
    return Settings(
        stage=read.get("CARELOOM_STAGE", "local"),
        table=read["CARELOOM_TABLE"],
        files_bucket=read["CARELOOM_FILES_BUCKET"],
        mailbox_bucket=read["CARELOOM_MAILBOX_BUCKET"],
        audit_bucket=read["CARELOOM_AUDIT_BUCKET"],
        queue_urls=json.loads(read["CARELOOM_QUEUE_URLS"]),
        keys_secret=read["CARELOOM_KEYS_SECRET"],
        mail_from=read.get("CARELOOM_MAIL_FROM", "no-reply@careloom.example"),
        sms_origination=read.get("CARELOOM_SMS_ORIGINATION") or None,
        message_events=read.get("CARELOOM_MESSAGE_EVENTS") or None,
        public_url=read.get("CARELOOM_PUBLIC_URL", "http://127.0.0.1:8000"),
        app_url=read.get("CARELOOM_APP_URL", "http://127.0.0.1:3000"),
        captcha_site_key=read.get("CARELOOM_CAPTCHA_SITE_KEY") or None,
        captcha_url=read.get("CARELOOM_CAPTCHA_URL", TURNSTILE),
        allowed_origins=tuple(read.get("CARELOOM_ALLOWED_ORIGINS", "*").split(",")),
        region=read.get("AWS_REGION", "us-east-1"),
        endpoint_url=read.get("AWS_ENDPOINT_URL") or None,
        media_region=read.get("CARELOOM_MEDIA_REGION") or read.get("AWS_REGION", "us-east-1"),
        practice_role=read["CARELOOM_PRACTICE_ROLE"],
        entry_role=read["CARELOOM_ENTRY_ROLE"],
        practice_rate=Rate.parsed(read.get("CARELOOM_PRACTICE_RATE", "20/200")),
        api_key_rate=Rate.parsed(read.get("CARELOOM_API_KEY_RATE", "10/100")),
        source_rate=Rate.parsed(read.get("CARELOOM_SOURCE_RATE", "5/100")),
    )
