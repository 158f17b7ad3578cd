"""What people set at this station, and the language of each: kept in the store, known in memory."""

from __future__ import annotations

from common.ledger.store import Store
from common.text import LANGUAGES
from station.looks import Settings
from station.store import access

RANGES = {"volume": range(101), "scale": range(70, 161)}


class Preferences:
    """Of one station. `default`: the language of whoever chose none; `volume`: until somebody sets another."""

    def __init__(self, store: Store, default: str, volume: int) -> None:
        self._store = store
        self._default = default
        self._guest = ""
        with store.reading() as conn:
            kept = {k: int(v) for k, v in access.settings(conn).items() if k in RANGES and v.isdecimal()}
            self._languages = access.languages(conn)
        self._values = {"volume": volume, **kept}

    @property
    def settings(self) -> Settings:
        """What is set."""
        return Settings(**self._values)

    def language(self, person: str | None) -> str:
        """What the screen speaks to who is signed in, or to nobody in particular."""
        return self._languages.get(person, self._default) if person else self._guest or self._default

    def speak(self, person: str | None, language: str) -> None:
        """Somebody chose a language; without a name it holds until somebody signs in. StoreUnavailable."""
        if language not in LANGUAGES:
            return
        if person is None:
            self._guest = language
            return
        with self._store.writing() as conn:
            access.save_language(conn, person, language)
        self._languages[person] = language

    def forget_guest(self) -> None:
        """Somebody signed in or out: the next stranger begins with the station's language."""
        self._guest = ""

    def set(self, name: str, value: str) -> None:
        """Keep a setting; one that is out of its range is left as it was. StoreUnavailable."""
        if name in RANGES and value.isdecimal() and int(value) in RANGES[name]:
            with self._store.writing() as conn:
                access.save_setting(conn, name, value)
            self._values[name] = int(value)
