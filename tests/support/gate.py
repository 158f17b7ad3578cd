"""The hub's gate as a test asks it: what it answers to hello, whom it trusts, and with which code it says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from common.errors import HeadwaterError
from common.ledger import logs
from common.signedlog import session as s
from hub.api.stations import StationRow
from hub.db import reads
from tests.support.factory import Author
from tests.support.hub import Office


def code(work: Callable[..., object], *arguments: Any) -> str:
    """The code of the error that this raises."""
    with pytest.raises(HeadwaterError) as caught:
        work(*arguments)
    return caught.value.code


def say_hello(office: Office, said: s.Hello) -> str:
    with office.reading() as conn:
        return office.gate.hello(conn, said).challenge


def give_answer(office: Office, said: s.HelloAnswer) -> s.Welcome:
    with office.reading() as conn:
        return office.gate.answer(conn, said)


def rows(office: Office) -> list[StationRow]:
    with office.reading() as conn:
        return reads.stations(conn, office.gate.age_ms)


def is_trusted(office: Office, author: Author) -> bool:
    with office.reading() as conn:
        return logs.by_id(conn, author.log) is not None
