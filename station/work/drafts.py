"""The draft: the work as bytes that stay in this station. Drafts of the version before are read too."""

from __future__ import annotations

from typing import Any

import msgspec

from station.work.state import Work

_WORK = msgspec.msgpack.Decoder(Work)
RawDraft = dict[str, Any]


def freeze(work: Work) -> bytes:
    """The draft's bytes."""
    return msgspec.msgpack.encode(work)


def thaw(raw: bytes | None) -> Work:
    """The work in a draft; nothing in hand if there is none."""
    if not raw:
        return Work()
    fields = msgspec.msgpack.decode(raw)
    return _WORK.decode(raw if "bench" in fields else msgspec.msgpack.encode(_upgraded(fields)))


# Until November 2026 the work was one struct with a field for everything that may be asked ---------------------------
_NOT_BEGUN = "-"  # the operation of a stopped thing that was in hand for its report alone


def _upgraded(old: RawDraft) -> RawDraft:
    scan = {"raw": old.get("last_code"), "device": old.get("last_device"), "mono_ms": old.get("last_ms")}
    acts = [{**act, "bench": _bench(act)} for act in old.get("acts", ())]
    last_scan = {key: value for key, value in scan.items() if value is not None}
    return {**old, "bench": _bench(old), "questions": _questions(old), "last_scan": last_scan, "acts": acts}


def _bench(old: RawDraft) -> RawDraft:
    hand, packing, stopped = old.get("hand"), old.get("packing"), old.get("stopped")
    if hand and hand["operation"] == _NOT_BEGUN:
        thing = hand["unit"]
        kind = thing["scheme"].partition("@")[0]
        code = {"kind": kind, "claim": thing, "value": thing["value"], "material": hand["material"]}
        return {"type": "Stopped", "code": {**code, "rule": None, "raw": b""}}
    if hand:
        return {**hand, "type": "InHand", "progress": _progress(hand)}
    if packing:
        return {"type": "Packing", "unit": packing}
    return {"type": "Stopped", "code": stopped, "refusal": old.get("refusal", "")} if stopped else {"type": "Idle"}


def _progress(hand: RawDraft) -> RawDraft:
    if hand.get("removed"):
        return {"type": "OldPart", "removed": hand["removed"]}
    if hand.get("pending"):
        return {"type": "Portion", "pending": hand["pending"]}
    if hand.get("partner"):
        return {"type": "Counterparty", "partner": hand["partner"]}
    if hand.get("given") or hand.get("columns"):
        return {**hand, "type": "Entries"}
    return {**hand, "type": "Readings"} if hand.get("values") else {"type": "Untouched"}


def _questions(old: RawDraft) -> list[RawDraft]:
    """In the order in which one may interrupt another."""
    hand, found = old.get("hand") or {}, []
    if old.get("choosing"):
        found.append({"type": "WhichOperation", "code": old["choosing"]})
    if because := hand.get("because"):
        page = {"given": because.get("given", ()), "at": hand.get("at"), "declined": hand.get("declined", "")}
        found.append({**because, "type": "Report", "page": {**page, "type": "Entries"}})
    if old.get("signature") and not old.get("choosing"):
        found.append({**old["signature"], "type": "Signature"})
    if old.get("asked"):
        found.append({"type": "WhichCode", "code": old["asked"]})
    if old.get("badge_for"):
        found.append({"type": "HelperBadge", "card": old["badge_for"]})
    return found
