"""The error tree: every error that Headwater raises on purpose.

    HeadwaterError                 has a .code ("batch.truncated") and .details; its text for people is in the catalogue
    ├ RuleViolation                the operator must do something else: red screen, recorded
    ├ Unavailable                  cable, disk, network: retried by its owner, shown in the status bar
    │ ├ DeviceUnavailable          a scanner, a PLC, a printer
    │ ├ StoreUnavailable           a full disk, a read-only or foreign database
    │ └ HubUnavailable             the network, or the hub's process
    ├ Denied                       a key, token or session that is not, or no longer, trusted for this
    └ BadInput                     bytes from outside that do not parse: refused or set aside, with the bytes
      ├ BadBarcode
      ├ BadEvent
      ├ BadBatch                   a batch, a checkpoint note, a receipt
      ├ BadAnswer                  a PLC block
      ├ BadDefinition              has file, line and field in .details
      ├ BadLabel                   a label that cannot be drawn correctly
      ├ BadPicture                 a picture that cannot be drawn
      ├ BadTicket
      └ BadConfig

Any other exception is a bug. A test keeps every code listed in docs/errors.md.
"""

from __future__ import annotations


class HeadwaterError(Exception):
    """An error raised on purpose; `code` names it permanently, `details` fill its sentence."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        said = " ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.code} {said}".rstrip()


class RuleViolation(HeadwaterError):
    """The operator must do something else."""


class Unavailable(HeadwaterError):
    """Something outside is unavailable for now; its owner retries."""


class DeviceUnavailable(Unavailable):
    """A device cannot be opened, or was lost."""


class StoreUnavailable(Unavailable):
    """The database cannot be opened or written."""


class HubUnavailable(Unavailable):
    """The hub cannot be reached, or its answer is not the pinned hub's."""


class Denied(HeadwaterError):
    """The caller is not trusted for this."""


class BadInput(HeadwaterError):
    """Bytes from outside that do not parse."""


class BadBarcode(BadInput):
    """A scan that is not a code of this site."""


class BadEvent(BadInput):
    """Event bytes that are not canonical, or break a limit or a schema."""


class BadBatch(BadInput):
    """A batch, checkpoint note or receipt that breaks its format or its signature."""


class BadAnswer(BadInput):
    """A PLC block that is torn, stale, shifted or of another serial."""


class BadDefinition(BadInput):
    """A definition that breaks its schema or cites something unknown; details name file, line and field."""


class BadLabel(BadInput):
    """A label that cannot be drawn correctly, e.g. a value is missing or a code does not fit; it is not printed."""


class BadPicture(BadInput):
    """A picture of work instructions, or a photo, that cannot be drawn; its definition is not published."""


class BadTicket(BadInput):
    """An enrolment ticket that does not parse, is spent or has expired."""


class BadConfig(BadInput):
    """A configuration file with an unknown key or a value that cannot be used."""
