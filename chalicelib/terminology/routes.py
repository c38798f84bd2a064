"""Routes of code systems."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from . import icd10cm
from .schemas import DiagnosisCodeList, DiagnosisCodeQuery

routes = Routes("terminology")


@routes.get("/v1/diagnosis-codes", permission=Permission.READ_PRACTICE, audited=False)
def search_diagnosis_codes(context: Context, query: DiagnosisCodeQuery) -> DiagnosisCodeList:
    """Find ICD-10-CM codes by their beginning or by words, in the release of a date."""
    found = icd10cm.search(query.text, query.on or context.today(), limit=query.limit)
    return DiagnosisCodeList.model_validate(found)
