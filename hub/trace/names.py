"""Names that people use: of ids, from the definitions in force and the records of people."""

from __future__ import annotations

from common.definitions import (
    BomLine,
    Characteristic,
    Definitions,
    Field,
    Form,
    LabelDefinition,
    Material,
    Partner,
    Reason,
    Route,
)
from common.definitions.naming import Name
from common.ids import Claim, kind_of
from common.judge import CALIBRATION, EXPIRY, UNFINISHED
from common.ledger import logs
from common.ledger.store import Connection
from common.text import say
from hub.db import access

OF_PARTS = (UNFINISHED, EXPIRY, CALIBRATION)


class Names:
    """Looks up what people call things."""

    def __init__(self, conn: Connection, definitions: Definitions) -> None:
        self._definitions = definitions
        self._people = {id: name for id, name, _ in access.people(conn)}
        self._operations = {o.id: o for r in definitions.all(Route) for o in r.operations}
        self._characteristics = {c.id: c for f in definitions.all(Form) for s in f.steps for c in s.characteristics}
        self._forms = {form.id: form for form in definitions.all(Form)}
        self._authors = {log.log: log.author for log in logs.all_logs(conn)}

    def material(self, id: str | None) -> Name | None:
        """A material's name."""
        found = self._definitions.get(Material, id)
        return found.name if found else None

    def thing(self, claim: Claim, material: str | None) -> Name | None:
        """Name of a thing's material; of a lot also by the material id before its number."""
        before, _, number = claim.value.partition("/")
        return self.material(material) or (self.material(before) if number and kind_of(claim) == "lot" else None)

    def partner(self, id: str) -> Name | str:
        """A supplier's or customer's name, or its id."""
        found = self._definitions.get(Partner, id)
        return found.name if found else id

    def label(self, id: str) -> Name | str:
        """A label's name, or its id."""
        found = self._definitions.get(LabelDefinition, id)
        return found.name if found else id

    def operation(self, id: str) -> Name | str:
        """An operation's name, or its id; nothing for the sign that there was none."""
        known = self._operations.get(id)
        return known.name if known else id.removeprefix("-")

    def unseen(self, id: str) -> Name | str:
        """Name of the evidence that a pass was given without: an operation, or one of `OF_PARTS`."""
        if id in OF_PARTS and id not in self._operations:
            return Name(say("zh", f"unseen.{id}", {}), say("en", f"unseen.{id}", {}))
        return self.operation(id)

    def reworked(self, id: str) -> Name | str:
        """The operation whose failure this one makes good."""
        known = self._operations.get(id)
        return self.operation(known.reworks) if known and known.reworks else ""

    def characteristic(self, id: str) -> Characteristic | None:
        """A characteristic of any form."""
        return self._characteristics.get(id)

    def field(self, operation: str, id: str) -> Field | None:
        """A field of the form of an operation, or of what a reason asks."""
        known = self._operations.get(operation)
        form = self._forms.get(known.form) if known else None
        asked = [f for step in form.steps for f in step.asks] if form else []
        asked += [f for reason in self._definitions.all(Reason) for f in reason.asks]
        return next((f for f in asked if f.id == id), None)

    def slot(self, material: str | None, slot: str) -> BomLine | None:
        """A slot of a material."""
        return self._definitions.bom_line(material, slot)

    def slot_name(self, id: str) -> Name | str:
        """Name of a slot by any bill of material, else its id."""
        lines = (line for material in self._definitions.all(Material) for line in material.bom if line.slot == id)
        return next((line.name for line in lines), id)

    def place(self, id: str) -> Name | None:
        """A workplace's name."""
        found = self._definitions.workplace(id)
        return found.name if found else None

    def person(self, id: str | None) -> str:
        """A person's name; their id where the name was erased."""
        return self._people.get(id or "", id or "")

    def station(self, log: str) -> str:
        """Author of a log."""
        return self._authors.get(log, "?")

    def reason(self, id: str) -> Name | str:
        """A coded reason's name, or its id."""
        found = self._definitions.get(Reason, id)
        return found.name if found else id
