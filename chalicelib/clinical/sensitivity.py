"""What makes a record sensitive: who is on the patient's care team sees it, and nobody else."""

from enum import StrEnum


class Sensitivity(StrEnum):
    """HL7 v3 ActCode, InformationSensitivityPolicy: what FHIR carries in `meta.security`."""

    BEHAVIOURAL_HEALTH = "BH"
    SUBSTANCE_ABUSE = "ETH"
    ALCOHOL_USE_DISORDER = "ETHUD"
    GENETIC_DISEASE = "GDIS"
    HIV = "HIV"
    MENTAL_HEALTH = "MH"
    MILITARY_SEXUAL_TRAUMA = "MST"
    OPIOID_USE_DISORDER = "OPIOIDUD"
    PSYCHIATRY = "PSY"
    SEXUAL_AND_DOMESTIC_VIOLENCE = "SDV"
    SEXUALITY_AND_REPRODUCTION = "SEX"
    SEXUALLY_TRANSMITTED_DISEASE = "STD"
    SUBSTANCE_USE_DISORDER = "SUD"
