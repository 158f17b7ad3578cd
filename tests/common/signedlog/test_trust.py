import base64
import contextlib
import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import ids
from common.errors import BadBatch, BadInput, BadTicket
from common.signedlog import note, trust
from common.signedlog.trust import Ticket, Trust

PIN = bytes(range(100, 132))
SECRET = bytes(range(200, 216))
QR_ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@pytest.fixture(scope="module")
def ticket(root):
    return Ticket("https://hub.example:8443/hw", "装配线-3", root.pub, PIN, SECRET, 1_790_000_000)


@pytest.fixture(scope="module")
def statement(root, hub, station):
    return Trust(ids.site_id(root.pub), 7, "hub.example/a", hub.pub, station.pub)


def ticket_code(text: str) -> str:
    with pytest.raises(BadTicket) as caught:
        Ticket.parse(text)
    return caught.value.code


def trust_code(call, *args):
    with pytest.raises(BadBatch) as caught:
        call(*args)
    return caught.value.code


def test_a_ticket_comes_back(ticket):
    assert Ticket.parse(ticket.text()) == ticket


def test_a_ticket_is_one_line_that_an_alphanumeric_qr_code_holds(ticket):
    assert set(ticket.text()) <= QR_ALPHANUMERIC
    assert len(ticket.text()) < 300


def test_a_typed_ticket_may_be_grouped_wrapped_and_in_lower_case(ticket):
    text = ticket.text().lower()
    grouped = " - ".join(text[i : i + 4] for i in range(0, len(text), 4))
    assert Ticket.parse(f"  {grouped[:90]}\r\n{grouped[90:]}\n") == ticket


def test_a_mistyped_letter_is_noticed(ticket):
    text = ticket.text()
    for at in range(len(trust.TICKET_PREFIX), len(text) - 1):
        other = "B" if text[at] == "A" else "A"
        assert ticket_code(text[:at] + other + text[at + 1 :]) == "ticket.checksum"


def test_a_ticket_cut_short_or_of_another_kind_is_refused(ticket):
    text = ticket.text()
    assert {ticket_code(text[:stop]) for stop in range(len(text))} <= {"ticket.malformed", "ticket.checksum"}
    for odd in ("", "HW2." + text[4:], text[4:], text + "=", text + "A", text.replace(".", ""), "HW1.é", "A" * 5000):
        assert ticket_code(odd) in {"ticket.malformed", "ticket.checksum"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x05http",
        b"\x08https://\x01s" + bytes(85),
        b"\x09https://h\x01s" + bytes(84),
        b"\x09https://h\x01\xff" + bytes(85),
    ],
)
def test_a_ticket_with_a_good_checksum_and_a_bad_body_is_refused(body):
    checksum = hashlib.sha256(b"headwater/ticket/v1\n" + body).digest()[:4]
    text = base64.b32encode(body + checksum).decode().rstrip("=")
    assert ticket_code(trust.TICKET_PREFIX + text) == "ticket.malformed"


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "http://hub.example"},
        {"address": "https://"},
        {"address": "https://user@hub.example"},
        {"address": "https://hub.example/?q"},
        {"address": "https://hub.example#f"},
        {"address": "https://hub.example\n"},
        {"address": "https://hub example"},
        {"address": "https://枢纽.example"},
        {"address": "https://" + "h" * 250},
        {"station": ""},
        {"station": "a\nb"},
        {"station": "站" * 86},
        {"site_root": bytes(31)},
        {"tls_pin": bytes(33)},
        {"secret": bytes(15)},
        {"expires_s": -1},
        {"expires_s": 1 << 40},
    ],
)
def test_a_ticket_that_could_not_be_used_cannot_be_made(fields):
    good = {"address": "https://[fe80::1]:1", "station": "s", "site_root": bytes(32)}
    good |= {"tls_pin": bytes(32), "secret": bytes(16), "expires_s": 0}
    Ticket(**good)
    with pytest.raises(BadTicket) as caught:
        Ticket(**good | fields)
    assert caught.value.code == "ticket.malformed"


@given(st.text(min_size=1, max_size=40), st.binary(min_size=80, max_size=80), st.integers(0, (1 << 40) - 1))
def test_every_ticket_that_can_be_made_comes_back(station, keys, expires_s):
    try:
        made = Ticket("https://hub", station, keys[:32], keys[32:64], keys[64:], expires_s)
    except BadTicket:
        return
    assert Ticket.parse(made.text()) == made


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=100), st.binary(max_size=200)))
def test_arbitrary_tickets_raise_only_bad_input(raw):
    texts = [raw, "HW1." + raw] if isinstance(raw, str) else [trust.TICKET_PREFIX + base64.b32encode(raw).decode()]
    for text in texts:
        with contextlib.suppress(BadInput):
            Ticket.parse(text)


def test_trust_is_laid_out_as_documented(statement, root, hub, station):
    keys = (
        f"hub hub.example/a {base64.b64encode(hub.pub).decode()}\nsite-log {base64.b64encode(station.pub).decode()}\n"
    )
    assert statement.text() == f"headwater.trust/{ids.site_id(root.pub)}\n7\n{keys}"
    assert statement.site_log == station.log


def test_signed_trust_opens_with_the_root_it_was_pinned_to(statement, root, hub):
    raw = trust.sign_trust(statement, root.key)
    assert trust.open_trust(raw, root.pub) == trust.open_trust(raw.encode(), root.pub) == statement
    assert trust_code(trust.open_trust, raw, hub.pub) == "note.signature"


def test_a_site_signs_for_itself_only(statement, root, hub):
    with pytest.raises(ValueError, match="own root key"):
        trust.sign_trust(statement, hub.key)
    foreign = note.sign_text(statement.text(), trust.SITE_PREFIX + ids.site_id(hub.pub), hub.key)
    assert trust_code(trust.open_trust, foreign, hub.pub) == "trust.other_site"


def test_a_flipped_bit_in_trust_never_opens(statement, root, flipped):
    raw = trust.sign_trust(statement, root.key).encode()
    for bit in range(len(raw) * 8):
        assert trust_code(trust.open_trust, flipped(raw, bit), root.pub) in {"note.malformed", "note.signature"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("headwater.trust/", "headwater.trust"),
        ("headwater.trust/", "headwater.log/"),
        ("\n7\n", "\n07\n"),
        ("\n7\n", "\n-7\n"),
        ("\n7\n", "\n٧\n"),
        ("\n7\n", "\n7\n\n"),
        ("hub ", "hub  "),
        ("hub ", "Hub "),
        ("hub.example", "hub+example"),
        ("hub.example/a", ""),
        ("site-log ", "site-log  "),
        ("site-log ", "sitelog "),
        ("site-log ", "site-log A"),
        ("site-log ", "extra line\nsite-log "),
        ("=\n", "\n"),
    ],
)
def test_trust_has_one_spelling_even_under_a_good_signature(statement, root, old, new):
    assert old in statement.text()
    text = statement.text().replace(old, new)
    raw = note.sign_text(text, trust.SITE_PREFIX + statement.site, root.key)
    assert trust_code(trust.open_trust, raw, root.pub) == "trust.malformed"


@pytest.mark.parametrize(
    "fields",
    [
        {"site": "UPPER234"},
        {"site": "a"},
        {"version": -1},
        {"version": 1 << 53},
        {"hub_name": "a b"},
        {"hub_name": "a\nb"},
        {"hub_key": bytes(31)},
        {"site_log_key": b""},
    ],
)
def test_trust_that_could_not_be_read_cannot_be_made(fields):
    good = {"site": "abcdef23", "version": 0, "hub_name": "hub", "hub_key": bytes(32), "site_log_key": bytes(32)}
    Trust(**good)
    assert trust_code(lambda: Trust(**good | fields)) == "trust.malformed"


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_arbitrary_text_under_a_good_signature_raises_only_bad_input(root, text):
    try:
        raw = note.sign_text(text + "\n", trust.SITE_PREFIX + ids.site_id(root.pub), root.key)
    except ValueError:
        return
    with pytest.raises(BadInput):
        trust.open_trust(raw, root.pub)


def test_an_enrol_proof_ties_key_station_and_secret_together(station, hub):
    proof = trust.enrol_proof(SECRET, station.pub, "s1")
    assert proof == hmac.new(SECRET, b"headwater/enrol/v1\ns1\n" + station.pub, hashlib.sha256).digest()
    others = [(bytes(16), station.pub, "s1"), (SECRET, hub.pub, "s1"), (SECRET, station.pub, "s2")]
    assert proof not in {trust.enrol_proof(*other) for other in others}


def test_messages_are_laid_out_as_documented(station, hub):
    hello = trust.hello_message(station.log, b"challenge", PIN)
    assert hello == b"headwater/hello/v1\n" + station.log.encode() + b"\n" + PIN + b"challenge"
    again = trust.incarnation_message(hub.pub, station.log, 12, bytes(32))
    assert again == f"headwater/incarnation/v1\n{station.log}\n12\n".encode() + bytes(32) + hub.pub


def test_messages_of_wrong_lengths_are_never_made(station):
    for call in (
        lambda: trust.enrol_proof(b"short", station.pub, "s"),
        lambda: trust.enrol_proof(SECRET, b"short", "s"),
        lambda: trust.hello_message("nolog", b"", PIN),
        lambda: trust.hello_message(station.log, b"", b"short"),
        lambda: trust.incarnation_message(b"short", station.log, 1, bytes(32)),
        lambda: trust.incarnation_message(station.pub, station.log, 1, b"short"),
    ):
        with pytest.raises(ValueError, match=r"bytes|log id"):
            call()


def test_no_signed_message_is_another_kind_of_message(statement, station, hub, events):
    kinds = [
        station.head(events).text().encode(),
        b"cosignature/v1\n",
        statement.text().encode(),
        trust.hello_message(station.log, bytes(32), PIN),
        trust.incarnation_message(hub.pub, station.log, 1, bytes(32)),
    ]
    assert len({kind[:12] for kind in kinds}) == len(kinds)
