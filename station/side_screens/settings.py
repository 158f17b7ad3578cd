"""What people set at this station, and the language of each: kept in the store, known in memory."""

from __future__ import annotations

from common.ledger.store import Store
from common.text import LANGUAGES
from station.shown.side_screens import Settings
from station.store import access

RANGES = {"volume": range(101), "scale": range(70, 161)}
LANGUAGE = "language"  # the station's, which is that of whoever chose none


class Preferences:
    """Of one station. `default`, `volume`: the language of whoever chose none, and how loud, until somebody sets
    others."""

    def __init__(self, store: Store, default: str, volume: int) -> None:
        self._store = store
        self._guest = ""
        with store.reading() as conn:
            kept = access.settings(conn)
            self._languages = access.languages(conn)
        self._default = kept.get(LANGUAGE, default)
        self._values = {"volume": volume, **{k: int(v) for k, v in kept.items() if k in RANGES and v.isdecimal()}}

    @property
    def settings(self) -> Settings:
        """What is set."""
        return Settings(**self._values, language=self._default)

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
        number = name in RANGES and value.isdecimal() and int(value) in RANGES[name]
        if not number and not (name == LANGUAGE and value in LANGUAGES):
            return
        with self._store.writing() as conn:
            access.save_setting(conn, name, value)
        if number:
            self._values[name] = int(value)
        else:
            self._default = value
