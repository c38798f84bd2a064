"""What becomes of each kind of record when a practice leaves: exported or not, and why.

Every kind is in exactly one of the two tables; a test fails for a new kind until it is.
"""

EXPORTED: dict[str, str] = {
    # the practice
    "practice": "who it is",
    "agreement_acceptance": "which agreement was accepted, by whom, when",
    "location": "where it sees patients",
    "practitioner": "who sees patients",
    "member": "who works there",
    "workplace": "that a person signs in there; the person is not the practice's to take along",
    "hand_over": "who left, and to whom their work went",
    "hand_over_part": "who left, and to whom their work went",
    "handed_over": "who left, and to whom their work went",
    # patients
    "patient": "who they are",
    "part2_record": "that records of a Part 2 programme are among theirs",
    "coverage": "their policies",
    "authorization": "what payers allowed",
    "authorized_visit": "which visits are under what payers allowed",
    "form": "set-up",
    "form_text": "what patients signed, version by version",
    "patient_form": "forms they gave, consents they gave, refused and withdrew",
    "coverage_order": "which policy comes first",
    # scheduling
    "room": "set-up",
    "equipment": "set-up",
    "appointment-type": "set-up",
    "availability": "set-up",
    "visit_reasons": "set-up",
    "room_in_use": "which patient is in which room: their visit goes on where it is taken",
    "day": "what is taken of a resource's day",
    "group_session": "which sessions stand, and who sits in them",
    "appointment_series": "visits ordered as one, and how each of them stands",
    "slot_hold": "what is kept for minutes; without it its part of the day would stay taken",
    "appointment": "visits booked, kept and missed",
    "video_visit": "who was on a video visit, from when until when, and from where",
    "recall_rule": "set-up",
    "recall": "who is due to come again, and every attempt to reach them",
    "waitlist_wish": "who waits for what",
    "waitlist_offer": "what was offered to whom, and what they said",
    "waitlist_patient": "what was offered to whom",
    "waitlist_policy": "set-up",
    "waitlist_slot": "a freed time that is offered in the morning",
    "booking_page": "set-up",
    "online_visit": "that a visit was booked online, and with what deposit",
    # the chart
    "encounter": "visits as clinical events",
    "early_attendance": "who was on a video visit, until its encounter is there",
    "note": "notes as they were signed",
    "addendum": "what was added to a signed note",
    "problem": "problem list",
    "allergy": "allergies",
    "care_team": "who sees what is sensitive",
    "psychotherapy_release": "who read a psychotherapy note, by which authorisation",
    # money
    "fee_schedule": "set-up",
    "charge": "the ledger",
    "missed_visit_policy": "set-up, and what each visit was booked under",
    "missed_visit_fee": "the ledger",
    "missed_visits": "what became of each missed visit",
    "payment": "the ledger",
    "ledger_entry": "the ledger",
    "balance": "running sums of the ledger",
    "invoice": "what patients were asked to pay",
    "counter": "numbers handed out, so that none is handed out again",
    # claims
    "payer": "set-up",
    "clearinghouse_account": "set-up",
    "claim": "claims and their states",
    "claim_body": "claims as they were sent",
    "submission": "attempts at sending",
    "inbound_file": "files that came in",
    "remittance": "payments of payers",
    "remittance_item": "what payers paid for",
    # tasks, messages, figures, audit
    "task": "what is to be done, and what was",
    "message": "what was sent to whom",
    "reminder_plan": "set-up",
    "message_text": "set-up",
    "reminders": "of which visits patients are still to be reminded, and when",
    "rollup": "figures of a day, which nothing counts again",
    "receivables_month": "figures of a month, which nothing counts again",
    "audit": "who did what",
    "audit_amendment": "what an audit entry should have said",
    "legal_hold": "what may not be destroyed",
    "active_provider": "what a month's bill rests on",
    "messages_sent": "what a month's bill rests on",
    "subscription": "which plan, since when",
    "subscription_invoice": "what we billed",
    "break_glass": "who opened what was closed to them, and why",
    "life_step": "what operations decided of the practice",
}

LEFT_OUT: dict[str, str] = {
    "practice_slug": "an address of this deployment, made under its key",
    "booking_session": "a booking under way, good for minutes; one declined for 30 days",
    "online_day": "counts what is booked online until the day is past",
    "online_person": "made under the deployment's key; who books online is looked up anew",
    "booking_attempts": "counts attempts at booking here",
    "directory_entry": "how the vendor's operations know the practice",
    "support_grant": "the vendor's people looked at the set-up here; it opens nothing elsewhere",
    "owner_recovery": "a person's way back into their account here",
    "answer": "first answers by Idempotency-Key, good for 48 h here",
    "api_key": "opens nothing elsewhere; machines get new ones",
    "calendar_feed": "its URL follows from ids under the deployment's key; it is made anew",
    "calendar_entry": "made from the appointment by events, forgotten after 60 days",
    "webhook": "its secret is made under the deployment's key; it is set up anew",
    "webhook_delivery": "what a server was told, kept for 30 days",
    "downtime_plan": "its passphrase is sealed under the deployment's key; it is set anew",
    "downtime_pack": "a copy of what is exported, sealed, and kept for days",
    "downtime_link": "its URL follows from ids under the deployment's key; it is made anew",
    "session": "a sign-in here; it opens nothing elsewhere",
    "session_of_user": "a sign-in here; it opens nothing elsewhere",
    "identity_provider": "its secret is sealed under the deployment's key; it is set up anew",
    "provider_subject": "made under the deployment's key; the next sign-in links anew",
    "provider_member": "goes with the identity provider",
    "spent_state": "a sign-in here, good for ten minutes",
    "link": "a one-use link that we mailed",
    "outbox": "an event on its way to our queues",
    "counted_event": "the mark of an event that is in the figures; events do not travel",
    "search_token": "made from the patient under the deployment's key; import makes it anew",
    "mrn": "made from the patient under the deployment's key; import makes it anew",
    "payee_route": "made from the billing identity, when that is saved",
    "access": "made from the audit's entries; import makes it anew",
    "audit_unsealed": "an entry on its way to its seal",
    "audit_seal_due": "that entries wait for a seal",
    "audit_seal": "seals the audit where it lies; an imported audit is sealed anew, as late",
    "audit_head": "the newest seal here; what of it is locked away stays here",
    "export": "is about an export",
    "import": "is about an import",
    "export_file": "is about an export",
    "closing": "is about the leaving itself",
    "erasure": "is about the leaving itself",
    "held_message": "a message of our queues that waits",
    "storage_used": "counts what is stored here",
    "seats": "counts the members, who are taken along; import counts anew",
    "ownership_offer": "an offer to a member here, good for seven days",
    "hold": "that our queues wait for a suspended practice",
    "challenge": "a person's, good for minutes",
    "guesses": "counts attempts at signing in here",
    "passkey": "a person's, not the practice's",
    "recovery_codes": "a person's, not the practice's",
    "source_guesses": "counts attempts at signing in here",
    "totp": "a person's, not the practice's",
    "sign_ups": "counts attempts at signing up here",
    "email": "a person's, not the practice's",
    "user": "a person's, not the practice's",
    "suppressed_address": "made under the deployment's key; elsewhere an address bounces anew",
    "stopped_number": "of a telephone number, whoever texts it; it names no practice",
    "texted_visit": "whom an answer to a text of ours is for, until the visit",
    "sealed_file": "of the shared mailbox, fits no practice",
}

NOT_TAKEN_ALONG: dict[str, frozenset[str]] = {
    "patient": frozenset({"search_tokens"}),
    "practice": frozenset({"clearances"}),
}
"""Attributes that mean nothing elsewhere: HMACs under this deployment's key, and what its operations found."""

SEALED = frozenset({"psychotherapy_note", "psychotherapy_addendum"})
"""Kinds that leave only under the public key of the named custodian (45 CFR 164.501)."""

HANDED_OVER = EXPORTED.keys() | SEALED
"""Of what is destroyed with a practice nothing of these goes that its custodian has not confirmed."""


def is_exported(kind: str, *, system: bool) -> bool:
    """A kind that this release does not know is taken along, better too much than a loss; unless
    it is one of the `system` rows that name the practice, which belong to people and to us.
    """
    return kind in EXPORTED or kind in SEALED or not (system or kind in LEFT_OUT)
