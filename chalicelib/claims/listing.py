"""Work lists: claims by state, remittances, inbound files. One Query a page."""

from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.http import Page, PageQuery, open_cursor, seal_cursor
from ..platform.store import find, query
from .models import Claim, InboundFile, RemittanceItem, RemittanceRecord
from .schemas import (
    ClaimQuery,
    ClaimRow,
    InboundFileView,
    PlaceView,
    RemittanceItemView,
    RemittanceView,
)


def list_claims(context: Context, asked: ClaimQuery) -> Page[ClaimRow]:
    page = query(
        Claim.by_status(context.practice_id, asked.status),
        index="gs1",
        limit=asked.limit,
        start=open_cursor(context, asked.cursor),
    )
    context.concerns(*(row.patient_id for row in page.records))
    rows = [ClaimRow.of(row, context.tenant.currency) for row in page.records]
    return Page(items=rows, next_cursor=seal_cursor(context, page.next_key))


def list_remittances(context: Context, asked: PageQuery) -> Page[RemittanceView]:
    page = query(
        RemittanceRecord.key(context.practice_id, "rem_").pk,
        limit=asked.limit,
        start=open_cursor(context, asked.cursor),
        newest_first=True,
    )
    views = [RemittanceView.of(record, context.tenant.currency) for record in page.records]
    return Page(items=views, next_cursor=seal_cursor(context, page.next_key))


def list_remittance_items(
    context: Context, remittance_id: str, asked: PageQuery
) -> Page[RemittanceItemView]:
    """NotFound for an id that is not one of the practice's."""
    key = RemittanceRecord.key(context.practice_id, remittance_id)
    if find(RemittanceRecord, key) is None:
        raise NotFound
    page = query(
        RemittanceItem.key(context.practice_id, remittance_id, 0).pk,
        limit=asked.limit,
        start=open_cursor(context, asked.cursor),
    )
    views = [RemittanceItemView.of(item, context.tenant.currency) for item in page.records]
    return Page(items=views, next_cursor=seal_cursor(context, page.next_key))


def list_inbound_files(context: Context, asked: PageQuery) -> Page[InboundFileView]:
    page = query(
        InboundFile.key(context.practice_id, "0").pk,
        limit=asked.limit,
        start=open_cursor(context, asked.cursor),
    )
    return Page(
        items=[_file_view(record) for record in page.records],
        next_cursor=seal_cursor(context, page.next_key),
    )


def _file_view(record: InboundFile) -> InboundFileView:
    return InboundFileView(
        sha256=record.sha256,
        file_kind=record.file_kind,
        status=record.status,
        size=record.size,
        received_at=record.received_at,
        reasons=[PlaceView(**place) for place in record.reasons or []],
        warnings=[PlaceView(**place) for place in record.warnings or []],
    )
