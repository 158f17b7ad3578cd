"""GTINs and code rules of a pack are right, or the refusal says which file, line and field is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.definitions import CodeRule, Definitions, Material
from hub.definitions.pack import load
from tests.hub.definitions.test_pack import FILES, refusal, written
from tests.support.gs1 import GTIN, OTHER_GTIN

ROTOR = "- {kind: material, id: rotor, origin: bought, tracked: unit, name: {zh: 转子, en: Rotor}"
MAGNET = "- {kind: material, id: magnet, origin: bought, tracked: lot, name: {zh: 磁钢, en: Magnet}"
RULE = "- {kind: code, id: rfid, name: {zh: 射频, en: RFID}, "


def with_gtins(folder: Path, rotor: str, magnet: str) -> Path:
    text = FILES["a.yaml"].replace(ROTOR, f"{ROTOR}, gtin: [{rotor}]").replace(MAGNET, f"{MAGNET}, gtin: [{magnet}]")
    return written(folder, a=text)


def with_rule(folder: Path, fields: str) -> Path:
    return written(folder, codes=FILES["codes.yaml"] + RULE + fields + "}\n")


def test_a_material_has_gtins(tmp_path: Path) -> None:
    pack = load(with_gtins(tmp_path, f"'{GTIN}', '{OTHER_GTIN}'", ""))
    rotor = Definitions.of(pack.definitions).get(Material, "rotor")
    assert rotor is not None
    assert rotor.gtin == (GTIN, OTHER_GTIN)


@pytest.mark.parametrize(
    ("rotor", "magnet", "code", "field", "line"),
    [
        (f"'{GTIN[:-1]}3'", "", "definition.limits", "gtin[0]", 26),
        (f"'{GTIN}', '{OTHER_GTIN[:-1]}1'", "", "definition.limits", "gtin[1]", 26),
        (f"'{GTIN[1:]}'", "", "definition.schema", "gtin[0]", 26),
        (GTIN[1:], "", "definition.schema", "gtin[0]", 26),
        (f"'{GTIN}', '{GTIN}'", "", "definition.duplicate", "gtin[0]", 26),
        (f"'{GTIN}'", f"'{GTIN}'", "definition.duplicate", "gtin[0]", 26),
    ],
)
def test_a_wrong_gtin_is_refused_where_it_stands(
    tmp_path: Path, rotor: str, magnet: str, code: str, field: str, line: int
) -> None:
    error = refusal(with_gtins(tmp_path, rotor, magnet))
    details = error.details
    assert (error.code, details["file"]) == (code, "a.yaml")
    assert (details["field"], details["line"]) == (field, line)


def test_a_rule_reads_the_numbers_of_gs1(tmp_path: Path) -> None:
    pattern = r"type: unit, pattern: 'E(?P<gtin>\d{14})S(?P<serial>\d{4})', example: E09506000134352S0001"
    assert Definitions.of(load(with_rule(tmp_path, pattern)).definitions).get(CodeRule, "rfid")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (r"type: lot, pattern: 'E(?P<gtin>\d{14})S(?P<serial>\d{4})', example: E09506000134352S0001", "pattern"),
        (r"type: unit, pattern: 'E(?P<gtin>\d{14})', example: E09506000134352", "pattern"),
        (r"type: unit, pattern: 'E(?P<gtin>\d{14})V(?P<value>\d)S(?P<serial>\d)', example: E1", "pattern"),
        (r"type: unit, pattern: 'E(?P<gtin>\d{15})S(?P<serial>\d{4})', example: E1", "pattern"),
        (r"type: unit, pattern: 'E(?P<gtin>\d{14})S(?P<serial>\d{21})', example: E1", "pattern"),
        (r"type: container, pattern: 'E(?P<sscc>\d{17})', example: E1", "pattern"),
        (r"type: unit, pattern: 'E(?P<tid>\d{17})', example: E1", "pattern"),
        (r"type: unit, material: rotor, pattern: 'E(?P<gtin>\d{14})S(?P<serial>\d)', example: E1", "pattern"),
        (r"type: unit, pattern: 'E(?P<gtin>\d{14})S(?P<serial>\d{4})', example: E09506000134353S0001", "example"),
        (r"type: unit, pattern: 'HW:\d', example: 'HW:1'", "example"),
        (r"type: unit, pattern: '[BWL][O0-9]?-?\d{0,3}', example: B1", "example"),
    ],
)
def test_a_rule_that_reads_them_wrongly_is_refused_where_it_stands(tmp_path: Path, fields: str, field: str) -> None:
    error = refusal(with_rule(tmp_path, fields))
    assert (error.code, error.details["file"]) == ("definition.pattern", "codes.yaml")
    assert str(error.details["field"]).endswith(field)


@pytest.mark.parametrize("type", ["equipment", "tool", "gauge", "location", "document"])
def test_everything_that_has_a_code_can_have_a_rule(tmp_path: Path, type: str) -> None:
    assert load(with_rule(tmp_path, rf"type: {type}, pattern: 'E-\d{{4}}', example: E-0001"))
