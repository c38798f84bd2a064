"""Small valid X12 files to read and to spoil: plain text, built without any code under test."""

from collections.abc import Sequence

ISA = "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*CLINIC         *260302*0901*^*00501*{number}*0*P*:"
CODES = {"835": ("HP", "005010X221A1"), "277": ("HN", "005010X214"), "999": ("FA", "005010X231A1")}


def interchange(
    kind: str,
    *bodies: Sequence[str],
    number: str = "000000101",
    sender: str = "PAYER",
    version: str | None = None,
    terminator: str = "~",
) -> str:
    """One interchange with one group; each body is the segments between ST and SE."""
    code, guide = CODES[kind]
    lines = [ISA.format(sender=sender, number=number)]
    lines.append(f"GS*{code}*{sender}*CLINIC*20260302*0901*7*X*{version or guide}")
    for place, body in enumerate(bodies, start=1):
        control = f"{place:04}"
        lines += [f"ST*{kind}*{control}", *body, f"SE*{len(body) + 2}*{control}"]
    lines += [f"GE*{len(bodies)}*7", f"IEA*1*{number}"]
    return "".join(line + terminator for line in lines)


def header(payment: str = "150", *, payee: str = "N1*PE*HILL CLINIC*XX*1234567893") -> list[str]:
    """The first segments of an 835, up to its first LX."""
    return [
        f"BPR*I*{payment}*C*ACH*CCP*01*111*DA*22*1512345678**01*333*DA*44*20260303",
        "TRN*1*EFT0001*1512345678",
        "DTM*405*20260302",
        "N1*PR*ACME HEALTH PLAN*XV*60001",
        "PER*BL*EDI DESK*TE*8005550100",
        payee,
        "REF*TJ*371234567",
        "LX*1",
    ]


REMITTANCE = [
    *header("1150.5"),
    "TS3*1234567893*11*20261231*5*1560",
    "CLP*CLM1*1*300*200*60*12*PCN1*11*1",
    "NM1*QC*1*DOE*JANE*A***MI*M0001",
    "NM1*82*1*ROE*RITA****XX*1234567893",
    "REF*1L*GROUP7",
    "DTM*232*20260105",
    "DTM*233*20260106",
    "DTM*050*20260110",
    "AMT*AU*250",
    "SVC*HC:G0101:25:59*200*150**1",
    "DTM*472*20260105",
    "CAS*PR*1*30",
    "CAS*CO*45*20",
    "REF*6R*LINE1",
    "AMT*B6*180",
    "LQ*HE*N130",
    "SVC*HC:X1002*100*50*0250*2*HC:X1001*3",
    "DTM*150*20260105",
    "DTM*151*20260106",
    "CAS*PR*2*20**3*10",
    "CAS*CO*45*20",
    "REF*6R*LINE2",
    "CLP*CLM2*2*700*400**12*PCN2*11*7",
    "CAS*OA*23*50",
    "NM1*QC*1*POE*PAUL",
    "NM1*IL*1*POE*PETRA****MI*M0002",
    "MOA***MA01*MA18",
    "DTM*232*20260107",
    "SVC*HC:X1003*700*450**4",
    "DTM*472*20260107",
    "CAS*CO*45*100*1*253*10**94*20**97*30**59*40**16*10*2",
    "CAS*CO*96*40",
    "CLP*CLM3*22*-100*-80**12*PCN3*11*1",
    "NM1*QC*1*LOE*LEE****MI*M0003",
    "DTM*232*20251201",
    "SVC*HC:X1001*-100*-80**1",
    "DTM*472*20251201",
    "CAS*CO*45*-20",
    "LX*2",
    "CLP*CLM4*1*500*500**12*PCN4*11*1",
    "NM1*QC*1*MOE*MAX****MI*M0004",
    "DTM*232*20260108",
    "CLP*CLM5*1*160*0**HM*PCN5*11*1",
    "CAS*CO*24*160",
    "NM1*QC*1*NOE*NAN****MI*M0005",
    "DTM*232*20260109",
    "PLB*1234567893*20261231*WO:OVERPAID*25*L6:INTEREST*-5.5*FB:BALANCE*-100.25*72:R*.25*CT:CAP*-60*90:X*10",
    "PLB*1234567893*20261231*WO>SECOND*0",
]

ACKNOWLEDGEMENT = [
    "BHT*0085*08*BATCH7*20260302*0901*TH",
    "HL*1**20*1",
    "NM1*AY*2*CLEARINGHOUSE*****46*CLHR",
    "TRN*1*RECEIPT1",
    "DTP*050*D8*20260301",
    "DTP*009*D8*20260302",
    "HL*2*1*21*1",
    "NM1*41*2*HILL CLINIC*****46*S0001",
    "TRN*2*BATCH7",
    "STC*A1:19:PR*20260302*WQ*960.5",
    "QTY*90*2",
    "QTY*AA*4",
    "AMT*YU*310.5",
    "AMT*YY*650",
    "HL*3*2*19*1",
    "NM1*85*2*HILL CLINIC*****XX*1234567893",
    "TRN*1*0",
    "STC*A1:19:PR*20260302*WQ*660.5",
    "REF*TJ*371234567",
    "QTY*QA*2",
    "QTY*QC*2",
    "AMT*YU*310.5",
    "AMT*YY*350",
    "HL*4*3*PT",
    "NM1*QC*1*DOE*JANE****MI*M0001",
    "TRN*2*CLM1",
    "STC*A2:20:PR*20260302*WQ*300",
    "REF*1K*PCN1",
    "REF*D9*TRACE1",
    "DTP*472*RD8*20260105-20260106",
    "TRN*2*CLM2",
    "STC*A0:16*20260302*WQ*10.5",
    "DTP*472*D8*20260107",
    "HL*5*3*PT",
    "NM1*QC*1*ROE*RON****MI*M0002",
    "TRN*2*CLM3",
    "STC*A3:21:82*20260302*U*200******A7:562:85*A7:500:85*NPI IS NOT ON FILE",
    "DTP*472*D8*20260108",
    "SVC*HC:X1001:22*200*****1",
    "STC*A7:122**U",
    "REF*FJ*LINE1",
    "HL*6*3*PT",
    "NM1*QC*1*POE*PAUL****MI*M0003",
    "TRN*2*CLM4",
    "STC*A6:187*20260302*U*150",
    "DTP*472*D8*20260109",
    "HL*7*2*19*0",
    "NM1*85*1*KIN*IDA****XX*1999999984",
    "TRN*1*0",
    "STC*A3:24:85*20260302*U*300",
    "QTY*QC*2",
    "AMT*YY*300",
]

IMPLEMENTATION_ACKNOWLEDGEMENT = [
    "AK1*HC*17*005010X222A1",
    "AK2*837*0001*005010X222A1",
    "IK5*A",
    "AK2*837*0002*005010X222A1",
    "IK3*CLM*22*2300*8",
    "CTX*CLM01:CLM7",
    "IK4*5:3*1325*I9*Q",
    "IK4*2*782*1",
    "IK3*REF*57**3",
    "CTX*SITUATIONAL TRIGGER*CLM*43**5:3*C023:1325",
    "IK5*R*5*I5",
    "AK2*837*0003*005010X222A1",
    "IK3*NM1*8**8",
    "IK5*E",
    "AK9*P*3*3*2",
]


def remittance_file() -> str:
    """An 835 of five claims: paid, secondary, reversed, paid in full, capitated; and PLBs."""
    return interchange("835", REMITTANCE)


def acknowledgement_file() -> str:
    """A 277CA of four claims and a rejected provider whose claims are not listed."""
    return interchange("277", ACKNOWLEDGEMENT)


def implementation_acknowledgement_file() -> str:
    """A 999 for three sets: accepted, rejected, accepted with errors."""
    return interchange("999", IMPLEMENTATION_ACKNOWLEDGEMENT)


def replaced(text: str, old: str, new: str) -> str:
    """`text` with its one `old` replaced; a test that replaces nothing is no test."""
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
    return text.replace(old, new)
