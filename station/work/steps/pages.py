"""The page that is filled now: its fields, the one to fill next, the signature that it waits for. Pure.

A page belongs to a fill step or to a reason that asks for one. `common.form_engine` says what a value means and when a
page is complete.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Field, Reason
from common.form_engine import FieldState, Given, Page, page
from common.ids import Claim
from common.text import Named
from station.shown.work_screen import Phrase
from station.work import signatures
from station.work.begin import interlock_check
from station.work.state import Entries, InHand, Report, Signature, Work
from station.work.steps import progress
from station.work.turn import Turn

PURPOSE = "page"  # of the signatures that are wanted here
MOST_COLUMNS = 16
PAGES_KEPT = 2  # the page as it is, and as it would be with the value that is being entered


class OpenPage(Struct, frozen=True):
    """The page of a step, or of a reason. `id` and `name` are the step's or the reason's."""

    id: str
    name: Named
    fields: list[Field]
    given: tuple[Given, ...]
    columns: tuple[Claim, ...] = ()


def worked_out(turn: Turn, now: OpenPage) -> Page:
    """The states of all its fields; worked out once as long as nothing is entered. A refused value changes nothing."""
    key = (now.id, now.given, len(now.columns))
    found: Page = turn.pages.pop(key, None) or page(now.fields, now.given, len(now.columns))
    turn.pages[key] = found
    if len(turn.pages) > PAGES_KEPT:
        del turn.pages[next(iter(turn.pages))]
    return found


def open_page(turn: Turn) -> OpenPage | None:
    """The page that is filled now; None if none is, or a panel's cannot begin."""
    report = turn.work.asked(Report)
    return of_reason(turn, report) if report else of_step(turn)


def of_step(turn: Turn) -> OpenPage | None:
    """The page of the step in hand."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or step.kind != "fill":
        return None
    entries = hand.so_far(Entries)
    if step.each is True and not entries.columns:
        return None
    return OpenPage(step.id, step.name, step.asks, entries.given, entries.columns)


def of_reason(turn: Turn, report: Report | None) -> OpenPage | None:
    """The page of a reason."""
    reason = turn.view.definitions.get(Reason, report.reason) if report else None
    return OpenPage(reason.id, reason.name, reason.asks, report.page.given) if report and reason else None


def entries(turn: Turn) -> Entries:
    """The values in the fields of the page."""
    report, hand = turn.work.asked(Report), turn.work.hand
    return report.page if report else hand.so_far(Entries) if hand else Entries()


def keep_entries(turn: Turn, now: Entries) -> None:
    """Change the values in the fields of the page."""
    report, hand = turn.work.asked(Report), turn.work.hand
    if report is not None:
        kept = replace(report, page=now)
        turn.move(questions=tuple(kept if one is report else one for one in turn.work.questions))
    elif hand is not None:
        turn.put(hand.with_progress(now))


def current(turn: Turn) -> Page | None:
    """The states of the page that is filled now; None if none is."""
    now = open_page(turn)
    return worked_out(turn, now) if now else None


def asked(turn: Turn) -> FieldState | None:
    """The field to fill now: the one that somebody went to, else the next that the page waits for."""
    now, at = current(turn), entries(turn).at
    if now is None:
        return None
    chosen = now.state(*at) if at else None
    return chosen if chosen and chosen.visible and chosen.field.type != "computed" else now.asked


def note(turn: Turn) -> tuple[Entries, Phrase] | None:
    """The entries without the one that came last, and the name of its field; None if there is none."""
    now, page_now = entries(turn), open_page(turn)
    if page_now is None or not now.given:
        return None
    at = now.filled[-1] if now.filled else (now.given[-1].field, now.given[-1].i)
    given = tuple(one for one in now.given if (one.field, one.i) != at)
    name = next((field.name for field in page_now.fields if field.id == at[0]), page_now.name)
    left = replace(now, given=given, filled=now.filled[:-1], at=at, asked=0, declined="")
    return left, Phrase("deed.entry", {"name": name, "step": page_now.name})


# After each turn -----------------------------------------------------------------------------------------------------
def settle(turn: Turn, before: Work) -> None:
    """After a turn: open a panel's page, and want a signature while its field is the one to fill, its signer did not
    decline and the work may continue. A signature that is wanted for something else comes first."""
    _open_panel(turn, before)
    wanted, signature = asked(turn), turn.work.asked(Signature)
    if signature is not None and signature.purpose != PURPOSE:
        return
    field = wanted.field if wanted and wanted.field.type == "signature" else None
    if field is None or entries(turn).declined == field.id or interlock_check.halted(turn) is not None:
        signatures.drop(turn)
    elif signature is None or signature.about != field.id:
        signatures.want(turn, Signature(PURPOSE, field.meaning, tuple(field.roles), field.id))


def units_of_panel(turn: Turn) -> int | None:
    """The number of units in the panel whose page cannot begin for that; None if nothing is wrong."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or step.kind != "fill" or step.each is not True or hand.so_far(Entries).columns:
        return None
    return len(progress.in_slot(turn, hand.unit, step.slot or ""))


def _open_panel(turn: Turn, before: Work) -> None:
    """Begin a panel's page, or say once why it cannot begin."""
    step, hand, have = turn.step, turn.work.hand, units_of_panel(turn)
    if step is None or hand is None or have is None:
        return
    if 1 <= have <= MOST_COLUMNS:
        inside = progress.in_slot(turn, hand.unit, step.slot or "")
        turn.put(hand.with_progress(replace(hand.so_far(Entries), columns=tuple(one.child for one in inside))))
    elif _place(before.hand) != _place(hand):
        body = b.Refused(hand.operation, "panel.units")
        turn.confirm("ng", "panel.units", body, (hand.unit,), unit=hand.unit, have=have, most=MOST_COLUMNS)


def _place(hand: InHand | None) -> object:
    return hand and (hand.unit, hand.operation, hand.step)
