"""Settings of this station, and the language of each person: kept in the store and in memory."""

from __future__ import annotations

from common.ledger.store import Store
from common.text import LANGUAGES
from station.shown.side_screens import Settings
from station.store import access

RANGES = {"volume": range(101), "scale": range(70, 161)}
LANGUAGE = "language"  # the station's, for everybody who chose none


class Preferences:
    """The settings of one station. `default`, `volume`: language and volume until somebody sets others."""

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
        """The present settings."""
        return Settings(**self._values, language=self._default)

    def language(self, person: str | None) -> str:
        """Return the screen's language for the signed-in person, or for nobody in particular."""
        return self._languages.get(person, self._default) if person else self._guest or self._default

    def speak(self, person: str | None, language: str) -> None:
        """Set a person's language; without a person it lasts until somebody signs in. StoreUnavailable."""
        if language not in LANGUAGES:
            return
        if person is None:
            self._guest = language
            return
        with self._store.writing() as conn:
            access.save_language(conn, person, language)
        self._languages[person] = language

    def forget_guest(self) -> None:
        """Forget the language of a person not signed in: the next one starts with the station's."""
        self._guest = ""

    def set(self, name: str, value: str) -> None:
        """Save a setting; a value out of range is ignored. StoreUnavailable."""
        number = name in RANGES and value.isdecimal() and int(value) in RANGES[name]
        if not number and not (name == LANGUAGE and value in LANGUAGES):
            return
        with self._store.writing() as conn:
            access.save_setting(conn, name, value)
        if number:
            self._values[name] = int(value)
        else:
            self._default = value
