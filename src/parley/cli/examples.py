"""Examples of every command, as its ``--help`` shows them; a test reads each as a command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_WORDS: Final = "lusab-babad-gutih-tugad-babad-lusab-babad-gutih-tugad-babad"


def _long(*lines: str) -> str:
    """A command on several lines, as a shell takes it."""
    return " \\\n        ".join(lines)


EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "quickstart": (
        "parley quickstart",
        "parley quickstart my-desks --name-a 'CERT X' --name-b 'CERT Y'",
    ),
    "demo": ("parley demo", "parley demo --language ru --exit"),
    "init": (
        "parley init north --party 'CSIRT North' --endpoint http://north.example:8470",
        _long(
            "parley init north --party 'CSIRT North' --code NORTH",
            "--name-ru 'Северная группа' --office 'Duty desk;ru=Дежурная служба'",
            "--officer anna:drafter --officer boris:legal-reviewer",
            "--officer clara:authoriser,duty-officer",
        ),
    ),
    "letter export": ("parley letter export", "parley letter export - > NORTH.letter"),
    "letter show": ("parley letter show SOUTH.letter", "parley letter show SOUTH.letter --json"),
    "letter accept": (
        "parley letter accept SOUTH.letter",
        _long("parley letter accept SOUTH.letter --fingerprint", _WORDS),
    ),
    "key show": ("parley key show", "parley key show --json"),
    "key rotate": (
        "parley key rotate",
        "parley key rotate --reason staff-changed --identity /media/stick/identity.keys",
    ),
    "key revoke": (
        "parley key revoke --identity /media/stick/identity.keys",
        "parley key revoke --reason lost --identity /media/stick/identity.keys",
    ),
    "key sealing": ("parley key sealing --months 12",),
    "key request": ("parley key request rotation north.request --months 12",),
    "key sign": (
        _long("parley key sign north.request NORTH-keys-1.keys", "--identity identity.keys"),
    ),
    "key install": ("parley key install NORTH-keys-1.keys",),
    "key accept": ("parley key accept SOUTH-keys-1.keys SOUTH-keys-2.keys",),
    "key export": ("parley key export 1 NORTH-keys-1.keys",),
    "key not-us": ("parley key not-us 7be0a1 90c2d4",),
    "key offline": ("parley key offline /media/stick/identity.keys",),
    "officer add": ("parley officer add anna drafter,duty-officer",),
    "officer list": ("parley officer list --json",),
    "officer retire": ("parley officer retire anna",),
    "officer grant": (
        "parley officer grant anna drafter --channel SOUTH --officer root",
        _long(
            "parley officer grant vera auditor --officer root --channel SOUTH",
            "--case 4f1c0a2be77d4a1f9c3b5e6d7f801122",
        ),
    ),
    "officer withdraw": ("parley officer withdraw anna drafter --channel SOUTH --officer root",),
    "officer link": (
        "parley officer link anna --desk north",
        "parley officer link anna --sign-in --officer root",
    ),
    "officer sessions": ("parley officer sessions anna --officer root",),
    "officer sign-out": ("parley officer sign-out anna --officer root",),
    "serve": (
        "parley serve --desk north",
        "parley serve --desk north --passphrase-file north.secret 2>> north.log",
    ),
    "erasure propose": (
        "parley erasure propose 7be0a1 90c2d4 --ground sent-by-mistake --officer dora",
        "parley erasure propose --case 4f1c --ground data-protection --submit --officer dora",
        "parley erasure propose --expired --officer dora",
    ),
    "erasure consent": ("parley erasure consent 9ab3 --submit --officer dora",),
    "erasure refuse": ("parley erasure refuse 9ab3 --ground legal-hold --officer dora",),
    "erasure withdraw": ("parley erasure withdraw 9ab3 --submit --officer dora",),
    "erasure claim": ("parley erasure claim", "parley erasure claim --json"),
    "erasure list": ("parley erasure list --officer dora",),
    "erasure show": ("parley erasure show 9ab3 --officer dora --json",),
    "retention list": ("parley retention list --within 90 --officer dora",),
    "retention hold": ("parley retention hold 4f1c --ground litigation --officer lena",),
    "retention lift": ("parley retention lift 1 --officer ludo",),
    "retention holds": ("parley retention holds --officer lena --json",),
    "backup": (
        "parley backup /backup/north-monday --desk north",
        _long(
            "parley backup /backup/north-monday --desk north --with-vault --with-keys",
            "--vault-key /safe/north.vaultkey",
        ),
    ),
    "restore from": (
        "parley restore from /backup/north-monday --desk north",
        _long(
            "parley restore from /backup/north-monday --desk north --keys /safe/desk.keys",
            "--vault-key /safe/north.vaultkey",
        ),
    ),
    "restore accept": ("parley restore accept SOUTH", "parley restore accept SOUTH --yes"),
    "upgrade": ("parley upgrade --desk north", "parley upgrade --desk north --json"),
    "status": ("parley status", "parley status --language ar --zone Asia/Riyadh"),
    "pouch pack": (
        "parley pouch pack SOUTH --to /media/stick --unconfirmed",
        "parley pouch pack SOUTH --to south.pouch --json",
    ),
    "pouch open": (
        "parley pouch open /media/stick --reply /media/stick --unconfirmed",
        "parley pouch open 1.pouch 2.pouch --remove",
    ),
    "pouch list": ("parley pouch list", "parley pouch list --json"),
    "pouch clear": ("parley pouch clear", "parley pouch clear --all"),
    "record export": (
        "parley record export SOUTH --tiles north-tiles",
        "parley record export SOUTH --scitt statements --json",
    ),
    "channel show": ("parley channel show SOUTH", "parley channel show SOUTH --json"),
    "channel reopen": (
        _long(
            "parley channel reopen SOUTH --officer clara",
            "--reason 'Their disk was set back; they go on from what we hold'",
        ),
    ),
    "evidence list": ("parley evidence list", "parley evidence list SOUTH --json"),
    "evidence show": ("parley evidence show 3fb0c2",),
    "evidence export": ("parley evidence export 3fb0c2 -o fork.evidence",),
    "quarantine list": ("parley quarantine list SOUTH",),
    "quarantine export": ("parley quarantine export 77ab01 -o refused.bin",),
    "recusal declare": (
        "parley recusal declare --case 4f1c --delegate boris --officer clara",
        _long(
            "parley recusal declare --case 4f1c --linked --delegate boris --officer clara",
            "--ground personal-interest",
        ),
        "parley recusal declare --channel SOUTH --delegate boris --officer clara",
    ),
    "recusal record": ("parley recusal record clara --case 4f1c --delegate boris --officer lena",),
    "recusal extend": ("parley recusal extend 1 --case 77ab --officer lena",),
    "recusal delegate": ("parley recusal delegate 1 dina --officer lena",),
    "recusal challenge": ("parley recusal challenge 1 --officer boss",),
    "recusal resume": ("parley recusal resume 1 --officer clara",),
    "recusal disclosed": ("parley recusal disclosed 1 --case 9d20 --officer lena",),
    "recusal list": ("parley recusal list --officer vera", "parley recusal list --json"),
    "house log": (
        "parley house log --officer vera",
        "parley house log --officer vera --by clara --act draft-authorised --json",
    ),
    "house prove": (
        "parley house prove 17 18 -o clara.proof --officer vera",
        "parley house prove -o house.proof --officer vera",
    ),
    "house verify": (
        "parley house verify house.proof",
        _long("parley house verify house.proof --json --pin", _WORDS),
    ),
    "witness init": ("parley witness init third --name witness.example/parley",),
    "witness add-log": (
        "parley witness add-log third NORTH.letter SOUTH.letter",
        "parley witness add-log third NORTH.letter SOUTH.letter --label attribution",
    ),
    "witness serve": ("parley witness serve third 2>> third.log",),
    "witness status": ("parley witness status third", "parley witness status third --json"),
    "witness compare": ("parley witness compare ours.note theirs.note --key ... -o fork.evidence",),
    "witness export": ("parley witness export third 3fb0c2 -o fork.evidence",),
    "inbox": ("parley inbox --officer anna", "parley inbox --officer anna --json"),
    "case list": (
        "parley case list",
        "parley case list --kind proposal --status agreed",
        "parley case list --due --before 2027-03-31",
        "parley case list --filter morning",
        "parley case list --label energy --words 'substation' --precedence priority",
        "parley case list --overdue",
        "parley case list --channel SOUTH --open --before 7caf1df5ffd0",
    ),
    "case number": ("parley case number 4f1c0a2be77d '12/34-C'", "parley case number 4f1c0a2be77d"),
    "case label": (
        "parley case label 12/34-C --add energy --add 'task force'",
        "parley case label 12/34-C --remove energy",
    ),
    "case classify": (
        "parley case classify 12/34-C restricted",
        "parley case classify 12/34-C",
    ),
    "filter save": (
        "parley filter save morning --open --due --label energy",
        "parley filter save 'urgent from South' --party SOUTH --precedence immediate",
    ),
    "filter list": ("parley filter list", "parley filter list --json"),
    "filter remove": ("parley filter remove morning",),
    "search": (
        "parley search unusual traffic",
        "parley search --phrase command and control --kind inquiry --from 2026-01",
        "parley search 'infra* \"telephone line\"' --party SOUTH --limit 50 --json",
    ),
    "search rebuild": ("parley search rebuild",),
    "clock list": (
        "parley clock list --officer clara",
        "parley clock list --ours --overdue --officer clara --zone Asia/Riyadh",
        "parley clock list --before 2027-03-31 --officer clara --json",
    ),
    "clock escalate": (
        "parley clock escalate 4f1c --officer otto",
        "parley clock escalate 4f1c --to next-channel --officer otto --json",
    ),
    "clock tick": ("parley clock tick",),
    "clock run": ("parley clock run",),
    "clock plans": ("parley clock plans",),
    "clock plan": (
        "parley clock plan routine --before 14d,2d --deputy 8h --head 16h",
        "parley clock plan flash --next-channel never",
        "parley clock plan priority --default",
    ),
    "calendar show": ("parley calendar show", "parley calendar show 'Duty desk' --json"),
    "calendar set": (
        "parley calendar set 1 --at Europe/Vienna --hours 'mon-fri 09:00-17:00'",
        _long(
            "parley calendar set 'Duty desk' --at Asia/Riyadh",
            "--hours 'sun-wed 08:00-12:00,13:00-16:00' --hours 'thu 08:00-14:00'",
        ),
        "parley calendar set 2 --always",
    ),
    "calendar import": (
        "parley calendar import 1 holidays.ics",
        "parley calendar import 'Duty desk' holidays.txt --officer root",
    ),
    "calendar add": (
        "parley calendar add 1 2027-01-01..2027-01-08 --name 'New Year'",
        "parley calendar add 1 2027-02-20 --hours 09:00-16:00 --name 'Working Saturday'",
    ),
    "calendar remove": ("parley calendar remove 1 2027-01-07",),
    "office list": ("parley office list",),
    "office put": (
        "parley office put 1 holder anna",
        "parley office put 'Duty desk' head clara --officer root",
    ),
    "office leave": ("parley office leave 1 deputy boris",),
    "office follow": ("parley office follow 1 2", "parley office follow 1"),
    "case show": ("parley case show 4f1c", "parley case show 4f1c --proofs --language ru"),
    "contact nominate": (
        _long(
            "parley contact nominate --office 'Duty desk' --level technical",
            "--name 'Test contact 1' --hours 24/7 --languages 'en ru' --submit",
        ),
        "parley contact nominate --again 3,5-9",
    ),
    "contact import": (
        "parley contact import contacts.csv --dry-run",
        "parley contact import contacts.vcf --level technical --submit",
    ),
    "contact accept": ("parley contact accept", "parley contact accept 1-755 --submit"),
    "contact change": (
        "parley contact change 17 --changed 2026-11-20 --hours '08:00-20:00 UTC'",
        "parley contact change 17 --changed 2026-11-20 --office 2 --telephone '' --submit",
    ),
    "contact reconfirm": ("parley contact reconfirm all --submit",),
    "contact suspend": ("parley contact suspend 4,7-9 --ground key-compromised",),
    "contact resume": ("parley contact resume 7-9 --submit",),
    "contact revoke": (
        "parley contact revoke 1-755 --ground expelled --submit",
        "parley contact revoke 12 --ours --ground left-post",
    ),
    "contact list": (
        "parley contact list --status active --level technical",
        "parley contact list 700-755 --page 2 --json",
    ),
    "contact offices": ("parley contact offices", "parley contact offices --ours --json"),
    "contact key": ("parley contact key 00112233445566778899AABBCCDDEEFF00112233",),
    "contact check": (
        "parley contact check --scenario out-of-hours --office 1",
        "parley contact check --schedule --json",
    ),
    "contact answer": ("parley contact answer",),
    "contact checks": ("parley contact checks", "parley contact checks --ours --json"),
    "inquiry ask": (
        "parley inquiry ask --template > inquiry.toml",
        "parley inquiry ask --from inquiry.toml --submit",
        _long(
            "parley inquiry ask --subject 'Scans from your network'",
            "--incident 'Scans, 3 May' --facts 'Since 3 May ...'",
            "--question 'Who runs 192.0.2.7?' --severity moderate",
            "--reply-wanted 60d --precedence priority",
        ),
    ),
    "inquiry supplement": ("parley inquiry supplement 4f1c --question 'And 192.0.2.8?' --submit",),
    "inquiry acknowledge": ("parley inquiry acknowledge 4f1c --officer clara",),
    "inquiry answer": (
        "parley inquiry answer 4f1c --detailed --template > answer.toml",
        _long(
            "parley inquiry answer 4f1c --preliminary --next-step 14d",
            "--answer '1 partly: We are looking into it.'",
        ),
        "parley inquiry answer 4f1c --detailed --from answer.toml --submit",
    ),
    "inquiry refuse": (
        "parley inquiry refuse 4f1c --ground ongoing-investigation --text 'A court ...'",
    ),
    "inquiry conditions": (
        "parley inquiry conditions 4f1c --condition 'Not to be used as evidence in court.'",
    ),
    "inquiry accept-conditions": ("parley inquiry accept-conditions 4f1c --submit",),
    "inquiry withdraw": ("parley inquiry withdraw 4f1c --remarks 'Settled otherwise.'",),
    "inquiry close": ("parley inquiry close 4f1c --result satisfied --submit",),
    "meeting propose": (
        "parley meeting propose --template > meeting.toml",
        _long(
            "parley meeting propose --subject 'Talks in Geneva' --level experts",
            "--first-day 2027-05-03 --last-day 2027-05-04 --place Geneva",
            "--agenda 'Hotline' --agenda 'Exchange of samples' --submit",
        ),
    ),
    "meeting contact": (
        _long(
            "parley meeting contact --subject 'Words at a dinner' --level ministers",
            "--held 2027-05-03 --account 'A few words on ...' --submit",
        ),
    ),
    "meeting declare": (
        "parley meeting declare 4f1c --held 2027-05-03 --submit",
        _long(
            "parley meeting declare --subject 'Talks in Geneva' --level ministers",
            "--held 2027-05 --submit",
        ),
    ),
    "meeting accept": ("parley meeting accept 4f1c --submit",),
    "meeting postpone": (
        "parley meeting postpone 4f1c --first-day 2027-06-07 --reason 'The room ...'",
    ),
    "meeting cancel": ("parley meeting cancel 4f1c --reason 'No longer of use.'",),
    "meeting delegation": (
        "parley meeting delegation 4f1c --delegate 'Head of the desk' --delegate Interpreter",
    ),
    "meeting agenda": ("parley meeting agenda 4f1c --item 'Stolen keys' --submit",),
    "meeting consent": (
        "parley meeting consent 4f1c --accept 1-2 --submit",
        "parley meeting consent 4f1c --accept 1 --decline 2 --reference 7be0a1",
    ),
    "meeting programme": ("parley meeting programme 4f1c --item 'Visit to a cemetery'",),
    "meeting minutes": (
        "parley meeting minutes 4f1c --template > minutes.toml",
        "parley meeting minutes 4f1c --from minutes.toml --submit",
    ),
    "meeting correct": ("parley meeting correct 4f1c --correction 'Item 2: not agreed.'",),
    "meeting agree": (
        "parley meeting agree 4f1c --submit",
        "parley meeting agree 4f1c --reservation 'Item 2 binds nobody.'",
    ),
    "meeting disagree": ("parley meeting disagree 4f1c --from our-minutes.toml --submit",),
    "meeting register": (
        "parley meeting register --from 2017-07 --to 2017-08-06",
        "parley meeting register --from 2017 --to 2017 --json",
    ),
    "understanding record": (
        "parley understanding record --template > understanding.toml",
        _long(
            "parley understanding record --subject 'A hotline' --occasion 'Talks in Geneva'",
            "--text 'Both sides ...' --level experts --owner all-sides --about 4f1c",
        ),
        "parley understanding record 9c02 --from our-version.toml --submit",
    ),
    "understanding confirm": ("parley understanding confirm 9c02 --submit",),
    "understanding dispute": (
        "parley understanding dispute 9c02 --reason 'Nothing of the kind was agreed.'",
    ),
    "understanding step-back": (
        "parley understanding step-back 9c02 --reason 'Our parliament ...' --submit",
    ),
    "understanding recall": ("parley understanding recall 9c02 --meeting 4f1c --submit",),
    "understanding progress": (
        "parley understanding progress 9c02 --state in-progress --account 'The line ...'",
    ),
    "understanding assess": ("parley understanding assess 9c02 --word accepted",),
    "understanding lapse": ("parley understanding lapse 9c02 --ground fulfilled",),
    "attribution make": (
        "parley attribution make --template > attribution.toml",
        _long(
            "parley attribution make --subject 'Intrusion of 3 May'",
            "--object 'The intrusion, to a service of SOUTH' --basis 'Logs and samples'",
            "--confidence high --publicity private --submit",
        ),
        "parley attribution make --from attribution.toml --claimant-not-named --submit",
    ),
    "attribution maintain": ("parley attribution maintain 4f1c --statement 'We maintain it.'",),
    "attribution withdraw": ("parley attribution withdraw 4f1c --submit",),
    "attribution no-comment": ("parley attribution no-comment 4f1c --submit",),
    "attribution admit": ("parley attribution admit 4f1c --statement 'It was our service.'",),
    "denial make": (
        "parley denial make 4f1c --subject 'Not us' --object 'The intrusion' --submit",
        _long(
            "parley denial make --subject 'No secret talks' --object 'A report of 18 July'",
            "--statement 'There was one meeting, and it was agreed.' --about 9c02",
        ),
    ),
    "denial maintain": ("parley denial maintain 4f1c --submit",),
    "denial withdraw": ("parley denial withdraw 4f1c --reference 7be0a1",),
    "notice give": (
        _long(
            "parley notice give --subject 'Sanctions' --nature law --effect 'Forbids ...'",
            "--in-force-from 2017-08-02 --sector defence --sector banking --submit",
        ),
        _long(
            "parley notice give --subject 'A bill' --nature bill --effect 'Would forbid ...'",
            "--not-yet-in-force",
        ),
        "parley notice give 4f1c --from law.toml --submit",
    ),
    "notice correct": ("parley notice correct 4f1c --from corrected.toml --submit",),
    "notice end": ("parley notice end 4f1c --until 2019-01-31 --submit",),
    "notice in-force": (
        "parley notice in-force 2017-08-02",
        "parley notice in-force --channel SOUTH --json",
    ),
    "share offer": (
        "parley share offer --template > share.toml",
        _long(
            "parley share offer --subject 'A banking trojan' --facts 'Sold since 2011 ...'",
            "--court 'District court' --court-reference 12-345 --case-status sentenced",
            "--figure 'about 11000000 infected computers; likely; prosecutors'",
            "--sample-file trojan.zip --encapsulation encrypted-archive",
            "--limit 'Not as evidence in court.' --retention 90d --tlp amber --submit",
        ),
        "parley share offer 4f1c --from new-terms.toml",
    ),
    "share accept": ("parley share accept 4f1c --submit",),
    "share decline": ("parley share decline 4f1c --ground law-forbids",),
    "share withdraw": ("parley share withdraw 4f1c --submit",),
    "share update": ("parley share update 4f1c --case-status on-appeal --submit",),
    "share send": (
        "parley share send 4f1c --sample-file trojan.zip --conveyed-by 'By courier' --submit",
    ),
    "share report": ("parley share report 4f1c --use protection --text 'We blocked ...'",),
    "share deleted": ("parley share deleted 4f1c --submit",),
    "share preserve": (
        _long(
            "parley share preserve --subject 'Logs of May' --authority 'Prosecutor X'",
            "--offence 'Intrusion, 3 May' --data 'Logs of 192.0.2.7' --custodian 'A provider'",
            "--necessity 'They are kept for a month' --intent 'A request for assistance'",
        ),
    ),
    "share extend": ("parley share extend 4f1c --period 30d --necessity 'The request is ready'",),
    "share preserved": ("parley share preserved 4f1c --result preserved --submit",),
    "recusal disclose": (
        _long(
            "parley recusal disclose --subject 'Recusal' --office 'Head of the desk'",
            "--matter 'The inquiry of May' --delegate 'Deputy head' --about 4f1c",
        ),
    ),
    "recusal end": ("parley recusal end 4f1c --submit",),
    "proposal table": (
        "parley proposal table --template > proposal.toml",
        "parley proposal table --from proposal.toml --submit",
        _long(
            "parley proposal table --subject 'A joint working group'",
            "--unit 'The sides form a working group.' --unit 'It meets twice a year.'",
        ),
    ),
    "proposal text": (
        "parley proposal text 4f1c09",
        "parley proposal text 4f1c09 --in ar --version 1",
    ),
    "proposal compare": (
        "parley proposal compare 4f1c09",
        "parley proposal compare 4f1c09 --with 9a20ee --in ru",
        "parley proposal compare 4f1c09 --old 1 --new 2",
        "parley proposal compare 4f1c09 --languages --json",
    ),
    "proposal verify": ("parley proposal verify case.dossier --json",),
    "proposal study": ("parley proposal study 4f1c09 --next-step 14d",),
    "proposal comment": (
        "parley proposal comment 4f1c09 --unit '2: Who takes the chair?' --submit",
    ),
    "proposal bracket": (
        _long(
            "parley proposal bracket 4f1c09 --unit '2: It meets four times a year.'",
            "--rationale 'Twice a year is too seldom.'",
        ),
        "parley proposal bracket 4f1c09 --omit 3",
    ),
    "proposal revise": ("parley proposal revise 4f1c09 --from second.toml --submit",),
    "proposal consent": ("parley proposal consent 4f1c09 --unit 2 --unit 3",),
    "proposal withdraw-variant": ("parley proposal withdraw-variant 4f1c09 --unit 2",),
    "proposal agree": (
        "parley proposal agree 4f1c09 --ad-referendum",
        "parley proposal agree 4f1c09 --submit",
    ),
    "proposal withdraw": ("parley proposal withdraw 4f1c09",),
    "proposal supersede": ("parley proposal supersede 4f1c09 --by 9a20ee",),
    "group found": (
        "parley group found --proposal 4f1c09 --subject 'Joint working group' --submit",
    ),
    "group join": ("parley group join 77b3d0", "parley group join 77b3d0 --proposal 9a20ee"),
    "group members": (
        "parley group members 77b3d0 --member 'Head of CSIRT; speaker' --member 'Legal adviser'",
    ),
    "group chair": (
        "parley group chair 77b3d0 --manner rotating --ours",
        "parley group chair 77b3d0 --manner joint",
    ),
    "group session": ("parley group session 77b3d0 --meeting 5e91c2",),
    "group leave": ("parley group leave 77b3d0",),
    "attachment list": ("parley attachment list", "parley attachment list 58648b17dda5"),
    "attachment add": (
        "parley attachment add 9a3b capture.pcap",
        _long(
            "parley attachment add 9a3b dropper.bin --hazard malware",
            "--description 'Sample from the first machine'",
        ),
    ),
    "attachment get": (
        "parley attachment get 7be0a1 1 --output evidence/",
        "parley attachment get 7be0a1 2 --capsule -o sample.capsule",
    ),
    "attachment unpack": ("parley attachment unpack sample.capsule",),
    "attachment verify": (
        "parley attachment verify sample.capsule",
        "parley attachment verify sample.capsule --dossier case.dossier",
    ),
    "draft list": ("parley draft list", "parley draft list --all"),
    "draft show": ("parley draft show 9a3b", "parley draft show 9a3b --toml > draft.toml"),
    "draft revise": ("parley draft revise 9a3b --from draft.toml --submit",),
    "draft submit": ("parley draft submit 9a3b",),
    "draft clear": (
        "parley draft clear 9a3b --officer boris",
        _long("parley draft clear 9a3b --officer boris --sha256", _WORDS),
    ),
    "draft decide": (
        "parley draft decide 9a3b --verdict may-go --reason 'No listed party' --officer lena",
        _long(
            "parley draft decide 9a3b --verdict redact --officer boris",
            "--reason 'The second annex names a bank'",
        ),
    ),
    "draft authorise": (
        "parley draft authorise 9a3b --officer clara",
        "parley draft authorise 9a3b --officer clara --stands-regardless",
    ),
    "draft return": ("parley draft return 9a3b --officer boris",),
    "draft abandon": ("parley draft abandon 9a3b",),
    "record show": ("parley record show", "parley record show SOUTH --last 20 --json"),
    "record prove": ("parley record prove 7be0a1 -o statement.proof",),
    "dossier export": (
        "parley dossier export 4f1c -o inquiry.dossier",
        "parley dossier export SOUTH --refresh -o channel.dossier",
    ),
    "paper statement": (
        "parley paper statement 7c09f1",
        "parley paper statement 7c09f1 --language ar -o note.pdf",
    ),
    "paper case": ("parley paper case 4f1c -o inquiry.pdf", "parley paper case 4f1c -o case.html"),
    "paper dossier": (
        "parley paper dossier inquiry.dossier -o inquiry.pdf",
        _long("parley paper dossier inquiry.dossier --language ru --pin", _WORDS),
    ),
    "dossier verify": (
        "parley dossier verify inquiry.dossier --transcript",
        _long("parley dossier verify inquiry.dossier --json --pin", _WORDS),
    ),
    "fsck": ("parley fsck", "parley fsck --rebuild"),
    "bench": ("parley bench", "parley bench --full --only append --json"),
    "calendar-feed make": ("parley calendar-feed make", "parley calendar-feed make --subjects"),
    "calendar-feed list": ("parley calendar-feed list",),
    "calendar-feed revoke": ("parley calendar-feed revoke 3f2a",),
    "calendar-feed export": (
        "parley calendar-feed export mine.ics",
        "parley calendar-feed export - > mine.ics",
    ),
    "roster plan": (
        "parley roster plan anna --until 8h",
        "parley roster plan boris --from 2027-03-31T18:00Z --until 2027-04-01T06:00Z --rank 2",
        "parley roster plan anna --office 2 --until 7d",
    ),
    "roster remove": ("parley roster remove 4",),
    "roster list": ("parley roster list", "parley roster list --at 2027-03-31T20:00Z --json"),
    "roster hand-over": ("parley roster hand-over boris --note 'South promised an answer today.'",),
    "roster take": ("parley roster take 3",),
    "roster note": ("parley roster note 3", "parley roster note 3 --json"),
    "roster handovers": ("parley roster handovers",),
    "alert list": ("parley alert list", "parley alert list --all --json"),
    "alert acknowledge": (
        "parley alert acknowledge 3f2a",
        "parley alert acknowledge --all",
    ),
    "alert route add": (
        "parley alert route add mail anna@example.org",
        "parley alert route add webhook:pager anna --from immediate",
        "parley alert route add command:bell --from flash",
    ),
    "alert route list": ("parley alert route list", "parley alert route list --json"),
    "alert route remove": ("parley alert route remove 3",),
    "alert test": ("parley alert test", "parley alert test --json"),
    "alert settings": (
        "parley alert settings",
        "parley alert settings --in ru --quiet 22:00-07:00 --home Europe/Moscow",
        "parley alert settings --quiet none --name-parties",
    ),
}


def of(command: str) -> str:
    """The examples of ``command`` as the end of its help page."""
    return "Examples:\n\n" + "\n".join(f"    {line}" for line in EXAMPLES[command]) + "\n"
