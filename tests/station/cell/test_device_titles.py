"""Sentences for people have titles of devices; what an event, a draft or a command says of a device stays its id."""

from __future__ import annotations

import pytest

from common.definitions.naming import Name
from common.form_page import FormField, FormPage
from common.ids import Claim
from common.text import LANGUAGES, say
from station import messages as m
from station.shown.side_screens import DeviceLine, Devices
from station.shown.work_screen import Phrase, Scene, Stop
from tests.support.titles import TITLES

NAME = Name("卡尺", "Caliper")
NAMES = {"zh": NAME.zh, "en": NAME.en}
TESTED = (("check.right", {"name": "caliper"}),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_prompts_results_and_what_was_expected_have_the_title(language: str) -> None:
    prompt = TITLES.on(m.Prompt("do_more.gauge", {"device": "caliper"}))
    expected = ("scan.refused", {"got": "x", "expected": (Phrase("expect.reading", {"device": "caliper"}),)})
    why = ("field.no_value", {"device": "caliper"})
    shown = TITLES.on(m.Shown("ng", *why, reasons=(why,), todo=why, scan=expected))
    assert isinstance(prompt, m.Prompt) and isinstance(shown, m.Shown) and shown.todo and shown.scan
    (phrase,) = shown.scan[1]["expected"]  # type: ignore[misc]
    for code, params in ((prompt.code, prompt.params), (shown.code, shown.params), shown.reasons[0], shown.todo):
        assert NAMES[language] in say(language, code, params)
    assert NAMES[language] in phrase.say(language)  # type: ignore[has-type]


def test_a_page_a_stop_and_the_bar_have_the_title() -> None:
    field = FormField("d", 0, NAME, "gauge", True, True, "missing", device="caliper")
    stop = Stop(Claim("unit@x", "M-1"), None, "machine.stopped", {"device": "press"}, (), ())
    scene = TITLES.on(Scene("st-10", page=FormPage((field,), 0, False, "pass", "2026-11-02"), stop=stop))
    assert isinstance(scene, Scene) and scene.page and scene.stop
    assert say("en", "form.wait.gauge", {"device": scene.page.fields[0].device}).startswith(
        "Press the button on Caliper"
    )
    assert "Press" in say("en", scene.stop.code, scene.stop.params)
    status = TITLES.on(m.Status(True, 0, 0, 0, 0, ("press",), devices=(("press", "plc", False), ("odd", "plc", True))))
    assert isinstance(status, m.Status)
    assert say("zh", "status.down", {"down": status.down}).endswith("压装机")
    assert status.devices[1][0] == "odd", "an id that no configuration knows is better than no name"


def test_the_devices_screen_has_the_title_and_keeps_the_id_for_its_test() -> None:
    line = DeviceLine("caliper", "gauge", False, ("gauge.unplugged", {"device": "caliper"}), 4, tested=TESTED)
    shown = TITLES.on(Devices((line,), ""))
    assert isinstance(shown, Devices)
    (line,) = shown.lines
    assert (line.name, line.title) == ("caliper", NAME)
    assert line.why and line.why[1]["device"] == NAME and line.tested[0][1]["name"] == NAME
