import base64
import contextlib
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import BadBatch, BadInput
from common.signedlog import note
from common.signedlog.note import Checkpoint, SignatureLine

TIME_S = 1_790_000_000
HUB_NAME = "hub.example/line-1"

# The example of golang.org/x/mod/sumdb/note, the first implementation of the format.
NEUMANN_KEY = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_NOTE = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


@pytest.fixture(scope="module")
def signed(station, events):
    return note.sign(station.head(events), station.key)


@pytest.fixture(scope="module")
def receipt(signed, hub):
    return note.cosign(signed, HUB_NAME, hub.key, TIME_S)


def code_of(call, *args):
    with pytest.raises(BadBatch) as caught:
        call(*args)
    return caught.value.code


def test_a_note_of_the_first_implementation_opens():
    pub = base64.b64decode(NEUMANN_KEY)[1:]
    text = note.open_text(NEUMANN_NOTE, "PeterNeumann", pub)
    assert text == NEUMANN_NOTE.partition("\n\n")[0] + "\n"


def test_a_note_is_laid_out_as_c2sp_says(station, events, signed):
    head = station.head(events)
    text = f"headwater.log/{station.log}\n100\n{base64.b64encode(head.root).decode()}\n"
    key_id = hashlib.sha256(f"headwater.log/{station.log}\n\x01".encode() + station.pub).digest()[:4]
    line = base64.b64encode(key_id + station.key.sign(text.encode())).decode()
    assert signed == f"{text}\n— headwater.log/{station.log} {line}\n"


def test_a_receipt_is_laid_out_as_c2sp_says(signed, receipt, hub):
    added = receipt.removeprefix(signed)
    dash, name, encoded = added.split(" ")
    raw = base64.b64decode(encoded)
    assert (dash, name) == ("—", HUB_NAME)
    assert raw[:4] == hashlib.sha256(f"{HUB_NAME}\n\x04".encode() + hub.pub).digest()[:4]
    assert int.from_bytes(raw[4:12], "big") == TIME_S
    text = signed.partition("\n\n")[0] + "\n"
    Ed25519PublicKey.from_public_bytes(hub.pub).verify(raw[12:], f"cosignature/v1\ntime {TIME_S}\n{text}".encode())


def test_a_signed_note_opens(signed, station, events):
    assert note.open_note(signed, station.pub) == note.open_note(signed.encode(), station.pub) == station.head(events)


def test_the_head_of_an_empty_log_opens(station):
    empty = station.head(())
    assert note.open_note(note.sign(empty, station.key), station.pub) == empty


def test_a_receipt_opens_and_is_still_the_logs_note(receipt, station, hub, events):
    head = station.head(events)
    assert note.open_receipt(receipt, station.pub, HUB_NAME, hub.pub) == (head, TIME_S)
    assert note.open_note(receipt, station.pub) == head


def test_a_log_signs_with_its_own_key_only(station, hub, events):
    with pytest.raises(ValueError, match="own key"):
        note.sign(station.head(events), hub.key)


def test_another_logs_note_is_refused_for_its_key(signed, hub):
    assert code_of(note.open_note, signed, hub.pub) == "note.key"


def test_another_root_under_the_same_signature_is_refused(signed, station):
    checkpoint, lines = note.parse(signed)
    forged = Checkpoint(checkpoint.log, checkpoint.size, bytes(32)).text() + "\n" + lines[0].text()
    assert code_of(note.open_note, forged, station.pub) == "note.signature"


def test_a_key_that_signed_nothing_in_the_note_is_refused(signed, station, hub):
    text, _ = note.parse_text(signed)
    foreign = note.sign_text(text, note.origin(station.log), hub.key)
    assert code_of(note.open_note, foreign, station.pub) == "note.signature"
    assert code_of(note.open_text, signed, "somebody.else", station.pub) == "note.signature"


def test_a_second_line_by_the_same_key_must_verify_too(signed, station):
    _, (line,) = note.parse(signed)
    forged = SignatureLine(line.name, line.key_id, bytes(64))
    assert code_of(note.open_note, signed + forged.text(), station.pub) == "note.signature"


def test_lines_by_unknown_keys_are_ignored(signed, station, events):
    unknown = SignatureLine("witness.example/w1", b"\x01\x02\x03\x04", b"post-quantum" * 20)
    assert note.open_note(signed + unknown.text(), station.pub) == station.head(events)


def test_a_plain_signature_does_not_pass_for_a_cosignature(signed, station, hub):
    text, (own,) = note.parse_text(signed)
    plain = note.parse_text(note.sign_text(text, HUB_NAME, hub.key))[1][0]
    both = signed + plain.text()
    assert code_of(note.open_receipt, both, station.pub, HUB_NAME, hub.pub) == "note.signature"
    assert code_of(note.open_receipt, signed, station.pub, HUB_NAME, hub.pub) == "note.signature"
    assert own.name == note.origin(station.log)


def test_a_receipt_with_a_shifted_time_is_refused(signed, receipt, station, hub):
    line = note.parse(receipt)[1][-1]
    shifted = SignatureLine(line.name, line.key_id, (TIME_S - 1).to_bytes(8, "big") + line.signature[8:])
    assert code_of(note.open_receipt, signed + shifted.text(), station.pub, HUB_NAME, hub.pub) == "note.signature"


def test_a_receipt_from_beyond_time_is_refused(signed, station, hub):
    late = note.cosign(signed, HUB_NAME, hub.key, 1 << 63)
    assert code_of(note.open_receipt, late, station.pub, HUB_NAME, hub.pub) == "note.malformed"


def test_of_two_receipts_in_one_the_earlier_counts(receipt, station, hub):
    twice = note.cosign(receipt, HUB_NAME, hub.key, TIME_S - 60)
    assert note.open_receipt(twice, station.pub, HUB_NAME, hub.pub)[1] == TIME_S - 60


def test_a_bare_note_is_what_its_author_signed(signed, receipt, station):
    assert note.bare(receipt, station.pub) == note.bare(signed, station.pub) == signed
    assert note.bare(signed + note.parse(signed)[1][0].text(), station.pub) == signed


def test_a_note_filled_up_on_the_way_cannot_be_cosigned_until_it_is_bare(signed, station, hub):
    line = SignatureLine("junk", b"junk", b"junk").text()
    full = signed + line * (note.MAX_SIGNATURES - 1)
    note.open_note(full, station.pub)
    assert code_of(note.cosign, full, HUB_NAME, hub.key, TIME_S) == "note.malformed"
    receipt = note.cosign(note.bare(full, station.pub), HUB_NAME, hub.key, TIME_S)
    assert note.open_receipt(receipt, station.pub, HUB_NAME, hub.pub)[1] == TIME_S


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n100\n", "\n0100\n"),
        ("\n100\n", "\n+100\n"),
        ("\n100\n", "\n100 \n"),
        ("\n100\n", "\n１００\n"),
        ("\n100\n", "\n-1\n"),
        ("\n100\n", f"\n{1 << 53}\n"),
        ("\n100\n", "\n\n"),
        ("=\n\n", "\n\n"),
        ("=\n\n", "=\nextension line\n\n"),
        ("=\n\n", "=\n\n\n"),
        ("=\n\n", "=\r\n\n"),
        ("=\n\n", "=\n"),
        ("headwater.log/", "example.com/"),
        ("headwater.log/", "headwater.log//"),
        ("— ", "- "),
        ("— ", "—"),
        ("— headwater", "—  headwater"),
        ("— headwater", "— head+water"),
        ("— headwater", "— head\u00a0water"),
        ("— headwater", "— head\u0000water"),
        ("— headwater", "— head\twater"),
    ],
)
def test_a_checkpoint_has_one_spelling(signed, old, new):
    assert signed.count(old) >= 1
    assert code_of(note.parse, signed.replace(old, new)) == "note.malformed"


def test_a_note_has_one_end(signed):
    for odd in (signed[:-1], signed + "\n", signed + " ", signed + signed, "\n" + signed):
        assert code_of(note.parse, odd) == "note.malformed"


def test_base64_has_one_spelling(signed):
    # two of the last character's bits are beyond the 32nd byte: a lenient decoder ignores them
    text, gap, lines = signed.partition("=\n\n")
    other = text[:-1] + chr(ord(text[-1]) + 1) + gap + lines
    assert code_of(note.parse, other) == "note.malformed"


def test_a_note_has_limits(signed):
    line = SignatureLine("x", b"1234", b"s").text()
    note.parse(signed + line * (note.MAX_SIGNATURES - 1))
    assert code_of(note.parse, signed + line * note.MAX_SIGNATURES) == "note.malformed"
    long = SignatureLine("x", b"1234", bytes(note.MAX_NOTE)).text()
    assert code_of(note.parse, signed + long) == "note.malformed"


def test_a_signature_needs_more_than_a_key_id(signed):
    assert code_of(note.parse, signed + SignatureLine("x", b"1234", b"").text()) == "note.malformed"


@pytest.mark.parametrize("raw", ["\ud800", b"\xff\xfe", "", b"", "\n\n", "a\n\n— x \n", "a\n\n\n"])
def test_what_is_no_note_is_malformed(raw):
    assert code_of(note.parse_text, raw) == "note.malformed"
    assert code_of(note.parse, raw) == "note.malformed"


def test_any_text_can_be_signed_blank_lines_and_all(root):
    text = "第一行\n\n— not a signature\n\nlast\n"
    raw = note.sign_text(text, "headwater.site/x", root.key)
    assert note.open_text(raw, "headwater.site/x", root.pub) == text


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "a\n\n— x AAAAAAAA", "long\n" * 1000])
def test_text_that_cannot_stand_in_a_note_is_not_signed(text, root):
    with pytest.raises(ValueError):
        note.sign_text(text, "name", root.key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_name_that_cannot_stand_in_a_note_does_not_sign(name, signed, root):
    with pytest.raises(ValueError):
        note.sign_text("text\n", name, root.key)
    with pytest.raises(ValueError):
        note.cosign(signed, name, root.key, TIME_S)


def test_what_is_no_key_opens_nothing(signed):
    text, _ = note.parse_text(signed)
    line = SignatureLine("x", hashlib.sha256(b"x\n\x01short").digest()[:4], bytes(64))
    assert code_of(note.open_text, text + "\n" + line.text(), "x", b"short") == "note.signature"


def test_a_flipped_bit_never_opens(receipt, station, hub, flipped):
    """Every bit of a receipt is covered: by a signature, or by the strictness of the format."""
    raw = receipt.encode()
    for bit in range(len(raw) * 8):
        with pytest.raises(BadBatch):
            note.open_receipt(flipped(raw, bit), station.pub, HUB_NAME, hub.pub)


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=100)))
def test_arbitrary_bytes_raise_only_bad_input(raw):
    for call in (note.parse, note.parse_text):
        with contextlib.suppress(BadInput):
            call(raw)


@given(data=st.data())
def test_splices_of_notes_raise_only_bad_input_and_open_only_what_was_signed(data, signed, receipt, station, events):
    pieces = st.sampled_from([signed, receipt, "\n", "\n\n", "— ", "100", "=", *signed.splitlines(keepends=True)])
    raw = "".join(data.draw(st.lists(pieces, max_size=6)))
    with contextlib.suppress(BadInput):
        assert note.open_note(raw, station.pub) == station.head(events)
