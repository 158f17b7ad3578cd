"""Titles of devices in place of their ids, in every announcement that leaves the work cell.

Inside, a device is its id: in events, drafts and messages. People read its title. This is the one door between the two;
`station/app.py` places it before terminal and kiosk. An id that no configuration knows stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from common.text import Named, Params
from station import messages as m
from station.shown.side_screens import CodeWords, DeviceLine, Devices
from station.shown.work_screen import Phrase, Scene

PLACES = ("device", "name")  # of a sentence; `name` is a device's in the tests of devices alone


class DeviceTitles:
    """The titles of one station, by id."""

    def __init__(self, titles: Mapping[str, Named]) -> None:
        self._titles = titles

    def on(self, said: m.Announcement) -> m.Announcement:
        """The announcement as people read it."""
        match said:
            case m.Prompt():
                return replace(said, params=self._params(said.params))
            case m.Shown():
                return self._shown(said)
            case Scene():
                return self._scene(said)
            case m.Status():
                devices = tuple((self._title(name), kind, up) for name, kind, up in said.devices)
                return replace(said, down=tuple(map(self._title, said.down)), devices=devices)
            case Devices():
                return replace(said, lines=tuple(map(self._line, said.lines)))
        return said

    def _shown(self, shown: m.Shown) -> m.Shown:
        reasons = tuple((code, self._params(params)) for code, params in shown.reasons)
        todo, scan = shown.todo and self._words(shown.todo), shown.scan and self._words(shown.scan)
        return replace(shown, params=self._params(shown.params), reasons=reasons, todo=todo, scan=scan)

    def _scene(self, scene: Scene) -> Scene:
        """Only a page and a stop name devices; the rest of a scene is passed on untouched."""
        page, stop = scene.page, scene.stop
        if page is not None:
            fields = (
                replace(field, device=self._title(field.device)) if field.device else field for field in page.fields
            )
            page = replace(page, fields=tuple(fields))
        if stop is not None:
            stop = replace(stop, params=self._params(stop.params))
        return replace(scene, page=page, stop=stop)

    def _line(self, line: DeviceLine) -> DeviceLine:
        tested = tuple((code, self._params(params, PLACES)) for code, params in line.tested)
        why = line.why and (line.why[0], self._params(line.why[1]))
        return replace(line, title=self._titles.get(line.name), why=why, tested=tested)

    def _words(self, words: CodeWords) -> tuple[str, dict[str, object]]:
        return words[0], self._params(words[1])

    def _params(self, params: Params, places: tuple[str, ...] = PLACES[:1]) -> dict[str, object]:
        return {name: self._value(name, value, places) for name, value in params.items()}

    def _value(self, name: str, value: object, places: tuple[str, ...]) -> object:
        if isinstance(value, Phrase):
            return Phrase(value.code, self._params(value.params, places))
        if isinstance(value, tuple):
            return tuple(self._value(name, one, places) for one in value)
        return self._title(value) if name in places and isinstance(value, Named | str) else value

    def _title(self, name: Named | str) -> Named | str:
        return self._titles.get(name, name) if isinstance(name, str) else name
