"""The words on a page of a form: what to do at the field in hand, what is wrong with it, and what is awaited."""

from __future__ import annotations

from msgspec import Struct

from common.form_page import FormField, FormPage
from common.qt.form_cells import TONES, limits
from common.qt.theme import Look
from common.text import on_the_label

TYPED = ("text", "note")
READ = ("gauge", "plc", "photo")
ENTERED = ("number", "yes_no", "choice", "choices", "date")


class PageWords(Struct, frozen=True):
    """The words of one page, None before there is one, in the reader's language."""

    look: Look
    page: FormPage | None

    @property
    def wrong(self) -> FormField | None:
        """A field that cannot be computed although nothing is left to fill, so that the page cannot be confirmed."""
        if self.page is None or self.page.complete or any(field.now for field in self.page.fields):
            return None
        return next((field for field in self.page.fields if field.verdict == "invalid" and field.required), None)

    def title(self, field: FormField) -> str:
        """The title of an editor with keys: the field's name, or the name of the person who signs."""
        named = field.signer or self.look.name(field.name)
        return " · ".join(part for part in (named, self.of(field)) if part)

    def do(self, field: FormField | None) -> str:
        """The title where no keys fill the field: what to do."""
        if field is None:
            if self.wrong:
                return self.look.say("form.do.computed", self.wrong.params)
            without = [field.name for field in self._left_out()]
            return self.look.say("form.without", {"names": without}) if without else self.look.say("form.confirm")
        said = {"name": field.name, "device": field.device, "uom": field.uom}
        return " · ".join(part for part in (self.look.say(f"form.do.{_kind(field)}", said), self.of(field)) if part)

    def said(self, field: FormField | None) -> tuple[str, str]:
        """The line under the title and its ink: what is wrong with the field in hand, or how it may be filled."""
        if field is None:
            return self.look.say("form.without_why") if self._left_out() else "", "ink-2"
        if field.code:
            ink = {"warn": "hold", "fail": "ng"}.get(field.verdict, "unknown")
            return self.look.say(field.code, field.params), ink
        may = self.look.say("form.may_confirm") if self.page and self.page.complete and not field.value else ""
        bounds = "" if field.type == "number" or not limits(field) else f"{limits(field)} {field.uom}".strip()
        return "  ".join(part for part in (bounds, self._means(field), may) if part), "ink-2"

    def awaits(self, field: FormField | None) -> tuple[str, str]:
        """Tone and sentence for what happens next where no keys fill anything."""
        if field is not None:
            return "water", self.look.say(f"form.wait.{_awaited(field)}", {"device": field.device})
        if wrong := self.wrong:
            return "unknown", self.look.say(wrong.code, wrong.params)
        verdict = self.page.verdict if self.page else "pass"
        return TONES[verdict], self.look.say(f"form.verdict.{verdict}")

    def confirms(self, field: FormField | None) -> str:
        """The words for what confirms this field instead of a tap; "" for a tap."""
        if field is None or field.type in (*READ, *ENTERED):
            return ""
        if field.type == "signature":
            return self.look.say("form.badge_signs") if field.signing else ""
        return self.look.say("form.scan_confirms")

    def of(self, field: FormField | None) -> str:
        """The unit of a panel's column."""
        return on_the_label(self.page.columns[field.i - 1]) if self.page and field and field.i else ""

    def _means(self, field: FormField) -> str:
        """The meaning of a signature; before a badge the roles that may give it, after it that the PIN is next."""
        if not field.meaning:
            return ""
        if field.signer:
            return " · ".join((self.look.say("do.sign_pin"), self.look.say("do_more.sign", {"meaning": field.meaning})))
        code = "do_more.sign_role" if field.roles else "do_more.sign"
        return self.look.say(code, {"meaning": field.meaning, "release": field.roles})

    def _left_out(self) -> list[FormField]:
        """Computed fields of a complete page that stay empty, for this page does not ask for their values."""
        if self.page is None or not self.page.complete or any(field.now for field in self.page.fields):
            return []
        return [field for field in self.page.fields if field.type == "computed" and not field.value and not field.code]


def _kind(field: FormField) -> str:
    """The end of a field's codes: fields that are filled alike are asked for alike."""
    return {"note": "text", "choices": "choice", "yes_no": "choice"}.get(field.type, field.type)


def _awaited(field: FormField) -> str:
    """The end of the code that says what a field without keys waits for."""
    if field.type == "photo" and field.value:
        return "no_photo"
    return "unsigned" if field.type == "signature" and not field.signing else _kind(field)
