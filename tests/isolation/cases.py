"""How to call every route: a line each, by the name of the route's function.

A new route needs a line here. `$payer_id` stands for an id of a practice that clinics.py built
(`Clinic.ids`); a path parameter stands for the id of its name unless `path` gives another one.
`if_match` is the version that the record was built with. So called, each route succeeds for
whoever has its permission; the tests then try it with other ids, as other people, with other fields.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from chalicelib.identity.permissions import Role
from chalicelib.platform.http import Endpoint, endpoints
from chalicelib.practices.agreement_versions import VERSIONS
from tests.builders.clinical import SOAP, codes
from tests.builders.identity_provider import CLIENT_ID, SECRET
from tests.builders.patients import HOME, coverage, demographics, registration, subscriber
from tests.isolation.actors import who_may
from tests.isolation.clinics import DEVICE
from tests.world import ADDRESS, PASSWORD, Answered

NEW_PASSWORD = "another battery for a good horse"
DAY = {"from": "2026-03-03", "until": "2026-03-03"}
TEN_DOLLARS = {"amount": 1_000, "currency": "USD"}
SLOT = {
    "practitioner_id": "$practitioner_id",
    "location_id": "$location_id",
    "room_id": "$room_id",
    "resource_ids": ["$equipment_id"],
    "starts_at": "2026-03-03T14:00:00-05:00",
}
REASON = {"code": "back_pain", "text": "Since she fell off the ladder"}
HOURS = {
    "weekday": "mon",
    "starts": "09:00",
    "ends": "17:00",
    "location_id": "$location_id",
    "effective_from": "2026-01-01",
}
CLOSED = {
    "kind": "closed",
    "starts": "2026-12-24T12:00:00",
    "ends": "2026-12-24T17:00:00",
    "location_id": "$location_id",
}
SIGN_UP = {
    "practice_name": "Third Clinic",
    "country": "US",
    "time_zone": "America/New_York",
    "currency": "USD",
    "locale": "en-US",
    "name": "Tim Third",
    "email": "owner@third.example",
    "password": PASSWORD,
}
FOUNDED = {name: text for name, text in SIGN_UP.items() if name != "password"}
WEBHOOK = {"url": "https://localhost:1/hook", "events": ["appointment.booked"]}
API_KEY = {"name": "Lab", "scopes": ["read_patients"], "ends_at": "2026-09-01T00:00:00Z"}
LOCATION = {"name": "Annex", "time_zone": "America/New_York", "address": ADDRESS}
PRACTITIONER = {"family_name": "Lee", "given_name": "Kim", "user_id": "$user_id"}
BILLING = {
    "legal_name": "Clinic PC",
    "npi": "1234567893",
    "tin": "12-3456789",
    "taxonomy": "261QP2300X",
    "address": ADDRESS,
    "contact_name": "Bill Biller",
    "contact_phone": "+15185550123",
}
NEW_VISITOR = {
    "family_name": "Okafor",
    "given_name": "Chi",
    "birth_date": "1991-05-05",
    "contact": {"email": "chi@example.com"},
}
VISIT_TYPE = {"name": "Follow-up", "minutes": 30, "form_ids": ["$form_id"]}
PAYER = {"name": "Plan", "payer_id": "PLAN1", "address": ADDRESS}
ACCOUNT = {
    "submitter_id": "S1",
    "receiver_id": "R1",
    "receiver_name": "Receiving House",
    "usage": "T",
}
PROBLEM = {"code": "E11.9", "clinical_status": "active"}
ALLERGY = {
    "substance": "Penicillin",
    "substance_code": {
        "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "code": "7980",
    },
    "clinical_status": "active",
    "reactions": [{"manifestation": "Hives", "severity": "mild"}],
}
PERSON = {
    "name": {"family": "Okafor", "given": "Chi"},
    "birth_date": "1991-05-05",
    "addresses": [HOME],
    "phones": [{"number": "(212) 555-0188"}],
}
NEWCOMER = registration(
    **{**PERSON, "email": "chi@example.com"},
    guarantor={"relationship": "self"},
    emergency_contacts=[{"name": "Ada", "relationship": "sister", "phone": "(212) 555-0189"}],
)
POLICY = coverage(payer_id="$payer_id", priority=2, relationship="spouse", subscriber=subscriber())
FORM = {"name": "Consent to care", "of_kind": "consent", "text": "I agree to be treated."}
PERMIT = {
    "number": "PA-20417-X",
    "coverage_id": "$coverage_id",
    "type_ids": ["$type_id"],
    "visits_allowed": 6,
    "effective_from": "2026-03-01",
    "note": "Wants a report each month",
}
CUSTODIAN = {"name": "Records Inc", "address": ADDRESS, "email": "keep@records.example"}
PROVIDER = {"client_id": CLIENT_ID, "client_secret": SECRET, "email_domain": "clinic.example"}
FEE = {"code": "G0463", "description": "Clinic hour", "price": TEN_DOLLARS}

RECALL_RULE = {
    "name": "After six months",
    "after_type_id": "$type_id",
    "type_id": "$type_id",
    "interval": {"count": 6, "unit": "months"},
}
WISH = {
    "type_id": "$type_id",
    "practitioner_ids": ["$practitioner_id"],
    "location_ids": ["$location_id"],
    "urgency": "soon",
    "appointment_id": "$appointment_id",
}
JOINING = {"role": "treating", "reason": "Takes over from a colleague."}
BREAKING = {"reason": "ETREAT", "explanation": "Unconscious, brought in by ambulance."}

WORDS = {"text": "What she said of her mother, and what I made of it."}
VIDEO_LINK, VIDEO_VISIT = {"secret": "video_secret"}, {"appointment_id": "video_appointment_id"}
SIGNED_PSYCHOTHERAPY_NOTE = {"psychotherapy_note_id": "signed_psychotherapy_note_id"}


@dataclass(frozen=True)
class Case:
    """A call that succeeds."""

    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    if_match: int = 1
    whose: Role | None = None
    """Whose own things it names, where it succeeds for this role alone."""


OPEN = {"encounter_id": "open_encounter_id"}

CASES: dict[str, Case] = {
    # the service
    "healthz": Case(),
    "read_openapi": Case(),
    "read_docs": Case(),
    # identity
    "create_practice": Case(SIGN_UP),
    "verify_practice": Case({"token": "$verification_token"}),
    "sign_in": Case({"email": "$owner_email", "password": PASSWORD, "practice_id": "$practice_id"}),
    "refresh_session": Case({"refresh_token": "$refresh_token"}),
    "finish_sign_in": Case(
        {
            "challenge": "$sign_in_challenge",
            "method": "recovery_code",
            "code": "$recovery_code",
            "practice_id": "$practice_id",
        }
    ),
    "ask_for_passkey": Case(),
    "step_up": Case({"method": "recovery_code", "code": "$recovery_code"}, whose=Role.NURSE),
    "unlock_session": Case(
        {
            "refresh_token": "$refresh_token",
            "password": PASSWORD,
            "factor": {"method": "recovery_code", "code": "$recovery_code"},
        }
    ),
    "change_password": Case({"current_password": PASSWORD, "new_password": NEW_PASSWORD}),
    "list_factors": Case(),
    "begin_factor": Case({"method": "totp", "password": PASSWORD}),
    "add_totp": Case({"challenge": "$app_challenge", "code": "$app_code"}, whose=Role.NURSE),
    "remove_totp": Case(whose=Role.NURSE),
    "add_passkey": Case(
        {
            "challenge": "$passkey_challenge",
            "name": "Phone",
            "credential": "$passkey_credential",
        },
        whose=Role.NURSE,
    ),
    "remove_passkey": Case(whose=Role.NURSE),
    "renew_recovery_codes": Case(whose=Role.NURSE),
    "request_reset": Case({"email": "$owner_email"}),
    "reset_password": Case({"token": "$reset_token", "password": NEW_PASSWORD}),
    "request_verification": Case({"email": "$owner_email"}),
    "sign_out": Case(),
    "read_signing_keys": Case(),
    "list_my_sessions": Case(query={"limit": "10"}),
    "end_my_session": Case(),
    "sign_out_everywhere": Case(),
    "sign_out_member": Case(),
    "switch_practice": Case({"practice_id": "$practice_id"}),
    "list_my_practices": Case(),
    "read_identity_provider": Case(),
    "set_identity_provider": Case({**PROVIDER, "issuer": "https://idp.example"}),
    "remove_identity_provider": Case(),
    "start_provider_sign_in": Case({"practice_id": "$practice_id"}),
    "finish_provider_sign_in": Case(
        {"code": "$provider_code", "state": "$provider_state", "handle": "$provider_handle"}
    ),
    "read_me": Case(),
    "invite_member": Case({"email": "new@third.example", "name": "New", "roles": ["nurse"]}),
    "accept_invitation": Case({"token": "$invitation_token", "password": PASSWORD}),
    "list_members": Case(),
    "read_member": Case(),
    "change_member": Case({"name": "Nia New"}, if_match=2),
    "change_roles": Case({"roles": ["biller", "$role_id"]}, if_match=2),
    "limit_to_locations": Case({"location_ids": ["$location_id"]}, if_match=2),
    "suspend_member": Case(),
    "reactivate_member": Case(path={"user_id": "suspended_user_id"}),
    "resend_invitation": Case(path={"user_id": "invited_user_id"}),
    "withdraw_invitation": Case(path={"user_id": "invited_user_id"}),
    "leave_practice": Case(
        {
            "successor_user_id": "$nurse_id",
            "successor_practitioner_id": "$practitioner_id",
        }
    ),
    "read_hand_over": Case(path={"user_id": "left_user_id"}, query={"limit": "10"}),
    "list_api_keys": Case(),
    "make_api_key": Case(API_KEY),
    "rotate_api_key": Case({"overlap_hours": 1}),
    "revoke_api_key": Case(),
    # calendars
    "read_calendar": Case(),
    "add_practitioner_feed": Case({"named": False}),
    "list_practitioner_feeds": Case(),
    "revoke_practitioner_feed": Case(path={"feed_id": "practitioner_feed_id"}),
    "add_patient_feed": Case({"named": False}),
    "list_patient_feeds": Case(),
    "revoke_patient_feed": Case(path={"feed_id": "patient_feed_id"}),
    # webhooks
    "add_webhook": Case(WEBHOOK),
    "list_webhooks": Case(),
    "read_webhook": Case(),
    "change_webhook": Case({**WEBHOOK, "enabled": True}, if_match=2),
    "remove_webhook": Case(if_match=2),
    "rotate_webhook_secret": Case(),
    "test_webhook": Case(),
    "list_webhook_deliveries": Case(),
    "resend_webhook_delivery": Case(),
    "list_roles": Case(),
    "compose_role": Case({"name": "Recaller", "permissions": ["read_patients"]}),
    "change_role": Case({"name": "Greeter", "permissions": ["read_schedule"]}),
    "drop_role": Case(),
    # practices
    "read_practice": Case(),
    "change_practice": Case({"name": "New name", "billing": BILLING}, if_match=7),
    "list_agreements": Case(),
    "accept_agreement": Case({"agreement": VERSIONS[0].version, "sha256": VERSIONS[0].sha256}),
    "list_clearances": Case(),
    "request_clearance": Case({"capabilities": ["eligibility"], "licence": "NY 1"}),
    "add_location": Case(LOCATION),
    "list_locations": Case(),
    "read_location": Case(),
    "change_location": Case(LOCATION),
    "add_practitioner": Case(PRACTITIONER),
    "list_practitioners": Case(),
    "read_practitioner": Case(),
    "change_practitioner": Case(PRACTITIONER),
    "offer_ownership": Case({"user_id": "$user_id"}),
    "accept_ownership": Case(whose=Role.MANAGER),
    # onboarding
    "read_set_up": Case(),
    # subscriptions
    "read_subscription": Case(),
    "change_plan": Case({"plan": "clinic"}),
    "list_subscription_invoices": Case(query={"limit": "10"}),
    # patients
    "register_patient": Case(NEWCOMER),
    "search_duplicates": Case(PERSON),
    "search_patients": Case({"name": "ros"}, query={"limit": "10"}),
    "read_patient": Case(),
    "change_patient": Case(demographics(status="inactive")),
    "record_consents": Case({"sms": False}),
    "add_coverage": Case(POLICY),
    "list_coverages": Case(),
    "change_coverage": Case(POLICY),
    "add_authorization": Case(PERMIT),
    "list_authorizations": Case(),
    "change_authorization": Case(PERMIT),
    # forms
    "add_form": Case(FORM),
    "list_forms": Case(),
    "read_form": Case(),
    "change_form": Case({**FORM, "text": "I agree to be treated, and by whom."}),
    "list_patient_forms": Case(),
    "record_patient_form": Case(
        {"form_id": "$form_id", "signer": "guardian", "signer_name": "Nkechi Okafor"}
    ),
    # scheduling
    "add_room": Case({"name": "Room 2", "location_id": "$location_id"}),
    "list_rooms": Case(),
    "change_room": Case({"name": "Room 3", "location_id": "$location_id"}, if_match=1),
    "change_equipment": Case(
        {"name": "ECG", "of_kind": "ecg", "location_id": "$location_id"}, if_match=1
    ),
    "add_equipment": Case({"name": "ECG", "of_kind": "ecg", "location_id": "$location_id"}),
    "list_equipment": Case(),
    "add_appointment_type": Case(VISIT_TYPE),
    "list_appointment_types": Case(),
    "change_appointment_type": Case(VISIT_TYPE),
    "read_availability": Case(),
    "set_availability": Case({"rules": [HOURS], "exceptions": [CLOSED]}),
    "find_slots": Case(
        query={
            **DAY,
            "practitioner_id": "$practitioner_id",
            "type_id": "$type_id",
            "location_id": "$location_id",
            "room_id": "$room_id",
            "patient_id": "$patient_id",
        }
    ),
    "book_appointment": Case(
        {
            **SLOT,
            "patient_id": "$patient_id",
            "type_id": "$type_id",
            "slot_hold_id": "$slot_hold_id",
            "reason": REASON,
        }
    ),
    "open_group_session": Case({**SLOT, "type_id": "$group_type_id"}),
    "read_group_session": Case(),
    "cancel_group_session": Case({"reason": "prov"}),
    "book_family": Case(
        {
            "members": [
                {"patient_id": "$patient_id", "type_id": "$type_id"},
                {"patient_id": "$other_patient_id", "type_id": "$type_id"},
            ],
            "practitioner_id": "$practitioner_id",
            "location_id": "$location_id",
            "room_id": "$room_id",
            "starts_at": "2026-03-05T14:00:00-05:00",
        }
    ),
    "order_series": Case(
        {
            "patient_id": "$patient_id",
            "practitioner_id": "$practitioner_id",
            "location_id": "$location_id",
            "room_id": "$room_id",
            "type_id": "$type_id",
            "starts": "2026-03-03T15:00:00",
            "rule": "FREQ=WEEKLY;COUNT=2",
        }
    ),
    "read_series": Case(),
    "cancel_series": Case({"reason": "pat"}),
    "move_series": Case({"minutes": 60, "practitioner_id": "$practitioner_id"}),
    "read_visit_reasons": Case(),
    "set_visit_reasons": Case({"reasons": [{"code": "back_pain", "display": "Pain in the back"}]}),
    "read_appointment_reason": Case(),
    "change_appointment_reason": Case({"reason": REASON}),
    "hold_slot": Case({**SLOT, "patient_id": "$patient_id", "type_id": "$type_id"}),
    "read_slot_hold": Case(),
    "release_slot_hold": Case(),
    "read_appointment": Case(),
    "reschedule_appointment": Case({**SLOT, "slot_hold_id": "$slot_hold_id"}),
    "cancel_appointment": Case({"reason": "pat"}),
    "mark_no_show": Case(path={"appointment_id": "missed_appointment_id"}),
    "reinstate_appointment": Case({}, path={"appointment_id": "late_appointment_id"}),
    "check_in": Case(path={"appointment_id": "missed_appointment_id"}),
    "read_readiness": Case(),
    "record_progress": Case(
        {"progress": "roomed", "room_id": "$room_id"},
        path={"appointment_id": "waiting_appointment_id"},
    ),
    "read_location_day": Case(query={"day": "2026-03-03"}),
    "find_conflicts": Case(query=DAY),
    "read_flow_board": Case(query={"day": "2026-03-03"}),
    "list_patient_appointments": Case(query={"limit": "10"}),
    # messaging
    "read_reminder_plan": Case(),
    "set_reminder_plan": Case(
        {
            "steps": [{"before": 1, "unit": "days"}],
            "by_type": [{"type_id": "$type_id", "steps": []}],
        },
        if_match=0,
    ),
    "list_message_templates": Case(),
    "set_message_template": Case({"text": "See you on {date}."}, if_match=0),
    "drop_message_template": Case(path={"template_id": "own_template_id"}),
    "list_patient_messages": Case(query={"limit": "10"}),
    "read_visit_link": Case(path={"secret": "visit_secret"}),
    "answer_visit_link": Case({"answer": "confirmed"}, path={"secret": "visit_secret"}),
    # the waiting list
    "read_waitlist_policy": Case(),
    "set_waitlist_policy": Case({"offer_minutes": 45}),
    "list_waitlist": Case(
        query={
            "location_id": "$location_id",
            "type_id": "$type_id",
            "patient_id": "$patient_id",
            "limit": "10",
        }
    ),
    "add_wish": Case({"patient_id": "$patient_id", **WISH}),
    "read_wish": Case(),
    "change_wish": Case(WISH, path={"wish_id": "offered_wish_id"}, if_match=2),
    "withdraw_wish": Case(),
    "offer_time": Case(
        {
            "practitioner_id": "$practitioner_id",
            "location_id": "$location_id",
            "room_id": "$room_id",
            "starts_at": "2026-03-03T13:00:00-05:00",
            "by_phone": True,
        }
    ),
    "answer_offer": Case({"answer": "accepted"}, path={"wish_id": "offered_wish_id"}),
    "list_recall_rules": Case(),
    "add_recall_rule": Case(RECALL_RULE),
    "change_recall_rule": Case(RECALL_RULE),
    "list_recalls": Case(query={"type_id": "$type_id", "patient_id": "$patient_id", "limit": "10"}),
    "add_recall": Case(
        {"patient_id": "$patient_id", "type_id": "$type_id", "due_on": "2026-09-02"}
    ),
    "read_recall": Case(),
    "postpone_recall": Case({"due_on": "2026-10-02"}),
    "note_recall_outcome": Case({"outcome": "no_answer"}),
    "read_offer_link": Case(path={"secret": "offer_secret"}),
    "answer_offer_link": Case({"answer": "declined"}, path={"secret": "offer_secret"}),
    # online booking
    "read_booking_page": Case(),
    "set_booking_page": Case(
        {
            "slug": "third-clinic",
            "practitioners": [{"practitioner_id": "$practitioner_id", "name": "Dr Lee"}],
            "blocked_patient_ids": ["$patient_id"],
        },
    ),
    "read_booking_request": Case(),
    "read_offer": Case(),
    "find_online_slots": Case(
        query={
            "from": "2026-03-04",
            "until": "2026-03-04",
            "type_id": "$type_id",
            "practitioner_id": "$practitioner_id",
            "location_id": "$location_id",
        }
    ),
    "hold_online": Case(
        {
            "type_id": "$type_id",
            "practitioner_id": "$practitioner_id",
            "location_id": "$location_id",
            "starts_at": "2026-03-04T14:00:00-05:00",
            "challenge": "$challenge",
            "proof": "$proof",
        }
    ),
    "read_online_booking": Case(path={"secret": "held_secret"}),
    "say_who_comes": Case(NEW_VISITOR, path={"secret": "held_secret"}),
    "verify_online_booking": Case({"code": "$booking_code"}, path={"secret": "coded_secret"}),
    "find_slots_for_visit": Case(query=DAY, path={"secret": "visit_secret"}),
    "move_visit": Case(
        {
            "starts_at": "2026-03-04T15:00:00-05:00",
            "practitioner_id": "$practitioner_id",
            "location_id": "$location_id",
        },
        path={"secret": "visit_secret"},
    ),
    # clinical
    "read_chart": Case(),
    "start_encounter": Case({"practitioner_id": "$practitioner_id", "location_id": "$location_id"}),
    "read_encounter": Case(),
    "change_encounter": Case(codes(), path=OPEN, if_match=2),
    "save_note": Case({"template": "soap_general", "content": SOAP}, path=OPEN, if_match=2),
    "sign_encounter": Case({"expected_version": 2, "expected_note_version": 2}, path=OPEN),
    "add_addendum": Case({"text": "Seen again."}),
    "enter_in_error": Case(path=OPEN),
    "list_encounters": Case(query={"practitioner_id": "$practitioner_id", "limit": "10"}),
    "add_problem": Case(PROBLEM),
    "read_problem": Case(),
    "change_problem": Case(PROBLEM),
    "add_allergy": Case(ALLERGY),
    "read_allergy": Case(),
    "change_allergy": Case(ALLERGY),
    "list_note_templates": Case(),
    "search_diagnosis_codes": Case(query={"text": "back pain"}),
    "mark_encounter_sensitive": Case({"sensitivity": []}, path=OPEN, if_match=2),
    # care team
    "read_care_team": Case(),
    "change_care_team": Case(
        {
            "members": [
                {"user_id": "$clinician_id", "role": "treating"},
                {"user_id": "$nurse_id", "role": "nursing"},
            ]
        },
        if_match=2,
    ),
    "join_care_team": Case(JOINING, path={"patient_id": "other_patient_id"}),
    "break_glass": Case(BREAKING, path={"patient_id": "other_patient_id"}),
    "read_break_glass": Case(),
    # psychotherapy
    "write_psychotherapy_note": Case(WORDS),
    "list_psychotherapy_notes": Case(query={"limit": "10"}),
    "read_psychotherapy_note": Case(),
    "save_psychotherapy_note": Case(WORDS),
    "sign_psychotherapy_note": Case({"expected_version": 1}),
    "add_psychotherapy_addendum": Case(WORDS, path=SIGNED_PSYCHOTHERAPY_NOTE),
    "request_psychotherapy_release": Case(
        {
            "note_id": "$signed_psychotherapy_note_id",
            "reader_id": "$manager_id",
            "authorisation": "A-1",
        }
    ),
    "approve_psychotherapy_release": Case(
        {"authorisation": "A-1"}, path={"release_id": "pending_release_id"}
    ),
    "open_psychotherapy_release": Case(),
    # billing
    "read_fee_schedule": Case(),
    "change_fee_schedule": Case({"fees": [FEE]}),
    "read_missed_visit_policy": Case(),
    "change_missed_visit_policy": Case(
        {
            "late_cancel": TEN_DOLLARS,
            "no_show": TEN_DOLLARS,
            "types": [{"type_id": "$type_id", "late_cancel": TEN_DOLLARS, "no_show": TEN_DOLLARS}],
        }
    ),
    "charge_missed_visit": Case(
        {"appointment_id": "$late_appointment_id", "payer_kind": "commercial"}
    ),
    "read_missed_visit_fee": Case(),
    "waive_missed_visit_fee": Case({"reason": "goodwill"}),
    "take_payment": Case(
        {"amount": TEN_DOLLARS, "method": "cash", "appointment_id": "$appointment_id"}
    ),
    "read_payment": Case(),
    "read_receipt": Case(),
    "read_balance": Case(),
    "read_account": Case(),
    "make_invoice": Case({"encounter_id": "$unbilled_encounter_id", "fee_id": "$fee_id"}),
    "read_invoice": Case(),
    "read_superbill": Case(),
    "read_billed_encounter": Case(),
    # claims
    "add_payer": Case(PAYER),
    "list_payers": Case(),
    "change_payer": Case(PAYER),
    "read_clearinghouse_account": Case(),
    "change_clearinghouse_account": Case(ACCOUNT, if_match=0),
    "list_claims": Case(query={"status": "paid", "limit": "10"}),
    "read_claim": Case(),
    "resubmit_claim": Case(path={"claim_id": "stuck_claim_id"}),
    "list_remittances": Case(query={"limit": "10"}),
    "list_remittance_claims": Case(query={"limit": "10"}),
    "list_inbound_files": Case(query={"limit": "10"}),
    # tasks
    "list_tasks": Case(query={"queue": "general", "limit": "10"}),
    "read_task": Case(),
    "assign_task": Case({"assignee_id": "$user_id"}),
    "complete_task": Case({"outcome": "done"}),
    "reopen_task": Case(path={"task_id": "closed_task_id"}),
    # operations
    "list_practices": Case(query={"limit": "10"}),
    "found_practice": Case(FOUNDED),
    "read_practice_overview": Case(),
    "import_practices": Case(
        {"table": "practice_name,country,time_zone,currency,locale,name,email\n"}
    ),
    "suspend_practice": Case({"reason": "unpaid"}),
    "resume_practice": Case({"reason": "paid"}, path={"practice_id": "suspended_practice_id"}),
    "decide_clearance": Case({"capability": "sms", "verdict": "verified", "licence": "NY 1"}),
    "invite_operator": Case(
        {"email": "o@vendor.example", "name": "O", "roles": ["operations_support"]}
    ),
    # downtime
    "read_downtime_plan": Case(),
    "set_downtime_plan": Case({"passphrase": "a lantern in the orchard"}),
    "list_downtime_links": Case(),
    "add_downtime_link": Case({"label": "Desk"}),
    "revoke_downtime_link": Case(path={"link_id": "downtime_link_id"}),
    "read_downtime_pack": Case(path={"secret": "downtime_secret"}),
    # telehealth
    "read_video_link": Case(path=VIDEO_LINK),
    "knock": Case({"device": DEVICE, "consents": True, "located_in": "US-NY"}, path=VIDEO_LINK),
    "leave_by_link": Case({"device": DEVICE}, path=VIDEO_LINK),
    "read_video_room": Case(path=VIDEO_VISIT),
    "join_video_visit": Case(path=VIDEO_VISIT),
    "decide_on_video_visit": Case({"seat": "p0", "decision": "admit"}, path=VIDEO_VISIT),
    "make_video_link": Case({"for_whom": "guest", "relation": "family"}, path=VIDEO_VISIT),
    "list_operators": Case(),
    "remove_operator": Case(path={"user_id": "second_operator_id"}),
    "read_health": Case(),
    "ask_for_support_grant": Case({"practice_id": "$practice_id", "reason": "a ticket"}),
    "read_practice_set_up": Case(query={"grant_id": "$open_grant_id"}),
    "list_support_grants": Case(),
    "consent_to_support": Case(),
    "end_support": Case(),
    "open_recovery": Case(
        {"practice_id": "$practice_id", "user_id": "$owner_id", "evidence": "case 1"}
    ),
    "list_recoveries": Case(),
    "approve_recovery": Case(path={"user_id": "manager_id"}),
    "complete_recovery": Case(path={"user_id": "biller_id"}),
    "cancel_recovery": Case({"token": "$recovery_token"}),
    # custody
    "request_export": Case(),
    "list_exports": Case(query={"limit": "10"}),
    "read_export": Case(),
    "approve_export": Case(path={"export_id": "asked_export_id"}),
    "list_export_files": Case(query={"limit": "10"}),
    "close_practice": Case({"practice_name": "$practice_name", "custodian": CUSTODIAN}),
    "read_closing": Case(),
    "cancel_closing": Case(),
    "confirm_receipt": Case({"token": "$receipt_token", "manifest_sha256": "$manifest_sha256"}),
    "read_certificate": Case({"token": "$certificate_token"}),
    "place_hold": Case({"patient_id": "$patient_id", "reason": "A suit"}),
    "list_holds": Case(),
    "lift_hold": Case(),
    "erase_patient": Case(path={"patient_id": "old_patient_id"}),
    # audit
    "list_accesses": Case(query={"limit": "10"}),
    "read_access_report": Case(query=DAY),
    "list_activity": Case(query={"limit": "10"}),
    "list_key_activity": Case(query={"limit": "10"}),
    "find_breach_scope": Case(
        {
            "user_id": "$nurse_id",
            "session_id": "$nurse_session_id",
            "from": "2026-03-01T00:00:00Z",
            "until": "2026-04-01T00:00:00Z",
        },
        query={"limit": "10"},
    ),
    # reporting
    "read_dashboard": Case(query=DAY),
}


def called() -> list[Endpoint]:
    """Every route that has a case; test_permissions.py says which have none."""
    import app  # noqa: F401  # its import registers the routes

    return [endpoint for endpoint in endpoints() if endpoint.name in CASES]


def who_does(endpoint: Endpoint) -> str:
    """Someone for whom the case succeeds."""
    return CASES[endpoint.name].whose or who_may(endpoint)[0]


def names_in(endpoint: Endpoint) -> dict[str, str]:
    """Where the case puts ids: place (`path patient_id`, `body`) → name of the id."""
    case = CASES[endpoint.name]
    path = {f"path {part}": case.path.get(part, part) for part in endpoint.path_parameters}
    rest = sorted({*_placeholders(case.body), *_placeholders(dict(case.query))})
    return {**path, **{f"sent {name}": name for name in rest}}


def send(
    clinic: Any, role: str, endpoint: Endpoint, ids: Mapping[str, str], **over: Any
) -> Answered:
    """Call a route as its case says, with these ids; `over` gives another body or query, or headers."""
    case = CASES[endpoint.name]
    ids = {**ids, **clinic.own(role, ids)}
    path = endpoint.path.format(
        **{part: ids[case.path.get(part, part)] for part in endpoint.path_parameters}
    )
    query = {**filled(dict(case.query), ids), **over.get("query", {})}
    headers = {"If_Match": f'"{case.if_match}"'} if endpoint.needs_if_match else {}
    headers |= over.get("headers", {})
    body = over.get("body", filled(case.body, ids))
    answer: Answered = clinic.call(
        role, endpoint.method, f"{path}?{urlencode(query)}" if query else path, body, **headers
    )
    return answer


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """`value` with the ids in place of their names."""
    match value:
        case dict():
            return {name: filled(part, ids) for name, part in value.items()}
        case list():
            return [filled(part, ids) for part in value]
        case str() if value.startswith("$"):
            return ids[value[1:]]
        case _:
            return value


def _placeholders(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for part in value.values():
                yield from _placeholders(part)
        case list():
            for part in value:
                yield from _placeholders(part)
        case str() if value.startswith("$"):
            yield value[1:]
