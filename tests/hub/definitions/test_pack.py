"""A pack loads whole and exactly, or says which file, line and field is wrong."""

from __future__ import annotations

import re
import typing
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.definitions import (
    DEFINITION,
    BomLine,
    Characteristic,
    Definition,
    Definitions,
    Field,
    Form,
    Line,
    Material,
    Operation,
    Option,
    Reason,
    Route,
    Step,
    Workplace,
)
from common.errors import BadDefinition
from hub.definitions import checks
from hub.definitions.pack import PACKS, Manifest, check, load
from tests.house.tree import ROOT

# One small pack, right in everything; each test spoils one line of it.
FILES = {
    "pack.yaml": """\
pack: small
name: {zh: 小线, en: Small line}
version: "1"
people:
  - {id: p-a, name: 王强, badge: B1}
  - {id: p-b, name: 李娜, badge: B2}
orders:
  - {number: WO-1, material: motor, quantity: 24}
expect:
  findings: {contested: 2}
""",
    "a.yaml": """\
- kind: line
  id: line-1
  name: {zh: 一线, en: Line 1}
  workplaces:
    - id: st-1
      name: {zh: 一, en: One}
    - id: st-2
      name: {zh: 二, en: Two}
- kind: material
  id: motor
  name: {zh: 电机, en: Motor}
  origin: made
  tracked: unit
  route: motor-route
  bom:
    - slot: rotor
      material: rotor
      quantity: 1.0
      uom: pcs
      name: {zh: 转子, en: Rotor}
    - slot: magnet
      material: magnet
      quantity: 12.50
      uom: g
      name: {zh: 磁钢, en: Magnet}
- {kind: material, id: rotor, origin: bought, tracked: unit, name: {zh: 转子, en: Rotor}}
- {kind: material, id: magnet, origin: bought, tracked: lot, name: {zh: 磁钢, en: Magnet}}
- {kind: person, id: p-a, roles: [operator, supervisor]}
- {kind: person, id: p-b, roles: [quality], qualified: [press]}
""",
    "b.yaml": """\
- kind: route
  id: motor-route
  name: {zh: 路线, en: Route}
  operations:
    - id: press
      name: {zh: 压, en: Press}
      at: [st-1]
      form: press-form
    - id: test
      name: {zh: 测, en: Test}
      at: [st-2]
      form: press-form
      after: [press]
      on_fail: rework
    - id: rework
      name: {zh: 修, en: Rework}
      at: [st-1, st-2]
      form: press-form
      reworks: test
- kind: form
  id: press-form
  name: {zh: 压, en: Press}
  steps:
    - id: rotor
      name: {zh: 转子, en: Rotor}
      kind: scan
      slot: rotor
    - id: press
      name: {zh: 压, en: Press}
      kind: machine
      device: press
      characteristics:
        - id: force
          name: {zh: 力, en: Force}
          uom: kN
          decimals: 2
          low: 12.00
          high: 14.00
        - id: speed
          name: {zh: 速, en: Speed}
          uom: rpm
          decimals: 0
          low: "2850"
    - id: magnet
      name: {zh: 磁钢, en: Magnet}
      kind: scan
      slot: magnet
""",
    "codes.yaml": """\
- kind: code
  id: motor
  type: unit
  material: motor
  pattern: 'M-\\d{3}'
  example: M-001
  name: {zh: 电机, en: Motor}
- kind: code
  id: magnet
  type: lot
  material: magnet
  pattern: 'L-\\d{3}'
  example: L-001
  name: {zh: 磁钢, en: Magnet}
- {kind: code, id: badge, type: badge, pattern: 'B\\d', example: B1, name: {zh: 工牌, en: Badge}}
- {kind: code, id: order, type: order, pattern: 'WO-\\d', example: WO-1, name: {zh: 工单, en: Order}}
""",
}


def written(folder: Path, **changed: str) -> Path:
    """The small pack in a folder, with the text of some files changed; "codes" is codes.yaml."""
    for name, text in FILES.items():
        (folder / name).write_text(changed.get(name.removesuffix(".yaml"), text), encoding="utf-8")
    return folder


def refusal(folder: Path) -> BadDefinition:
    with pytest.raises(BadDefinition) as raised:
        load(folder)
    details = raised.value.details
    assert set(details) == {"file", "line", "field", "hint"}
    assert details["hint"]
    return raised.value


def spoiled(folder: Path, file: str, old: str, new: str) -> set[tuple[str, int, str]]:
    """(code, line, field) of every error in a file when its first `old` becomes `new`."""
    assert old in FILES[f"{file}.yaml"]
    errors = check(written(folder, **{file: FILES[f"{file}.yaml"].replace(old, new, 1)})).errors
    return {(error.code, error.line, error.field) for error in errors if error.file == f"{file}.yaml"}


# A good pack ----------------------------------------------------------------------------------------------------------
def test_a_good_pack_loads_whole(tmp_path: Path) -> None:
    pack = load(written(tmp_path))
    assert (pack.id, pack.name.zh, pack.version) == ("small", "小线", "1")
    assert [definition.id for definition in pack.definitions][:2] == ["line-1", "motor"]
    assert len(pack.definitions) == 12
    assert (pack.people[0].id, pack.people[0].name, pack.people[0].badge) == ("p-a", "王强", "B1")
    assert (pack.orders[0].number, pack.orders[0].material, pack.orders[0].quantity) == ("WO-1", "motor", 24)
    assert pack.expect.findings == {"contested": 2}


def test_a_decimal_keeps_its_text(tmp_path: Path) -> None:
    known = Definitions.of(load(written(tmp_path)).definitions)
    motor, form = known.get(Material, "motor"), known.get(Form, "press-form")
    assert motor is not None and [line.quantity for line in motor.bom] == ["1.0", "12.50"]
    assert form is not None and form.steps[1].characteristics[0].low == "12.00"


@pytest.mark.parametrize(
    "text", ["no", "yes", "on", "1e3", "0o17", "0x1F", "1_000", "007", "2026-11-02", "12:30", "TRUE", ".5", "=", "<<"]
)
def test_what_yaml_would_guess_a_type_for_stays_text(tmp_path: Path, text: str) -> None:
    pack = written(tmp_path, pack=FILES["pack.yaml"].replace("name: 王强", f"name: {text}"))
    assert load(pack).people[0].name == text


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    before = load(written(tmp_path))
    for name, text in FILES.items():
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(tmp_path) == before


# Each thing that can be wrong -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("file", "old", "new", "code", "line", "field"),
    [
        # YAML
        ("a", "  origin: made", "  origin: [made", "yaml", 13, ""),
        ("a", "  id: motor", "  id: &m motor", "yaml", 10, "[1].id"),
        ("a", "  id: motor", "  id: *m", "yaml", 10, "[1].id"),
        ("a", "  id: motor", "  id: !!str motor", "yaml", 10, "[1].id"),
        ("a", "  id: motor", "  id: !python/object:os.system motor", "yaml", 10, "[1].id"),
        ("a", "  id: motor", "  &k id: motor", "yaml", 10, "[1]"),
        ("a", "  id: motor", "  [id]: motor", "yaml", 10, "[1]"),
        ("a", "  route: motor-route", "  route:", "yaml", 14, "[1].route"),
        ("a", "  route: motor-route", "  route: null", "yaml", 14, "[1].route"),
        ("a", "  route: motor-route", "  route: ~", "yaml", 14, "[1].route"),
        ("a", "  id: motor", '  id: "mo\\ntor"', "yaml", 10, "[1].id"),
        ("a", "  id: motor", '  id: "\\ud800"', "yaml", 10, "[1].id"),
        ("a", "  id: motor", '  id: "\\u202e"', "yaml", 10, "[1].id"),
        ("a", "en: Line 1", "en: Line\x07 1", "yaml", 3, ""),
        ("a", "- kind: material", "---\n- kind: material", "yaml", 9, ""),
        ("a", "  origin: made", "  origin: " + "[" * 40 + "]" * 40, "yaml", 12, "[1].origin" + "[0]" * 11),
        ("a", "  origin: made", "  origin: made\n  origin: bought", "duplicate", 13, "[1].origin"),
        # Schema
        ("a", "  origin: made", "  origin: stolen", "schema", 12, "origin"),
        ("a", "  origin: made", "  orign: made", "schema", 12, "orign"),
        ("a", "  tracked: unit\n", "", "schema", 9, "tracked"),
        ("a", "- kind: line", "- kind: lien", "schema", 1, "kind"),
        ("a", "- kind: line", "- kidn: line", "schema", 1, "kind"),
        ("a", "  id: line-1", "  id: Line 1", "schema", 2, "id"),
        ("a", "quantity: 1.0", "quantity: 1", "schema", 18, "bom[0].quantity"),
        ("a", "quantity: 1.0", "quantity: 1.0kg", "schema", 18, "bom[0].quantity"),
        ("a", "{zh: 一, en: One}", "{zh: 一}", "schema", 6, "workplaces[0].name.en"),
        ("a", "- {kind: person, id: p-a, roles: [operator, supervisor]}", "- p-a", "schema", 28, ""),
        ("b", "decimals: 2", "decimals: two", "schema", 36, "steps[1].characteristics[0].decimals"),
        ("b", "decimals: 2", "decimals: 7", "schema", 36, "steps[1].characteristics[0].decimals"),
        ("b", "      slot: rotor", "      slot: rotor\n      device: press", "schema", 28, "steps[0].device"),
        ("pack", "pack: small", "pack: small\nauthor: me", "schema", 2, "author"),
        ("pack", "quantity: 24", "quantity: 0", "schema", 8, "orders[0].quantity"),
        ("pack", "contested: 2", "contested: many", "schema", 10, "expect.findings"),
        # What a step needs
        ("b", "      slot: rotor\n", "", "missing", 24, "steps[0].slot"),
        ("b", "      device: press\n", "", "missing", 28, "steps[1].device"),
        # References
        ("a", "route: motor-route", "route: other", "reference", 14, "route"),
        ("a", "material: rotor", "material: stator", "reference", 17, "bom[0].material"),
        ("a", "qualified: [press]", "qualified: [pres]", "reference", 29, "qualified[0]"),
        ("b", "form: press-form", "form: no-form", "reference", 8, "operations[0].form"),
        ("b", "at: [st-1, st-2]", "at: [st-1, st-9]", "reference", 17, "operations[2].at[1]"),
        ("b", "after: [press]", "after: [pres]", "reference", 13, "operations[1].after[0]"),
        ("b", "on_fail: rework", "on_fail: repair", "reference", 14, "operations[1].on_fail"),
        ("b", "on_fail: rework", "on_fail: press", "reference", 14, "operations[1].on_fail"),
        ("b", "reworks: test", "reworks: tset", "reference", 14, "operations[1].on_fail"),
        ("b", "after: [press]", "after: [press, test]", "reference", 13, "operations[1].after"),
        ("b", "slot: rotor", "slot: stator", "reference", 27, "steps[0].slot"),
        ("codes", "material: motor", "material: engine", "reference", 4, "material"),
        ("codes", "material: motor", "material: magnet", "reference", 4, "material"),
        ("pack", "id: p-a", "id: p-x", "reference", 5, "people[0].id"),
        ("pack", "material: motor", "material: rotor", "reference", 8, "orders[0].material"),
        # Duplicates
        ("a", "id: magnet", "id: rotor", "duplicate", 27, "id"),
        ("a", "slot: magnet", "slot: rotor", "duplicate", 21, "bom[1].slot"),
        ("a", "id: st-2", "id: st-1", "duplicate", 5, "workplaces[0].id"),
        ("b", "id: test", "id: press", "duplicate", 9, "operations[1].id"),
        ("b", "press\n      name: {zh: 压, en: Press}\n      kind", "rotor\n      name: {zh: 压, en: P}\n      kind",
         "duplicate", 28, "steps[1].id"),
        ("b", "id: speed", "id: force", "duplicate", 33, "steps[1].characteristics[0].id"),
        ("pack", "badge: B2", "badge: B1", "duplicate", 6, "people[1].badge"),
        # Limits
        ("a", "quantity: 1.0", "quantity: 0.0", "limits", 18, "bom[0].quantity"),
        ("a", "quantity: 1.0", "quantity: 1.5", "limits", 18, "bom[0].quantity"),
        ("b", "low: 12.00", "low: 14.01", "limits", 37, "steps[1].characteristics[0].low"),
        ("b", "high: 14.00", "high: 14.005", "limits", 38, "steps[1].characteristics[0].high"),
        ("b", 'low: "2850"', "low: 2850.5", "limits", 43, "steps[1].characteristics[1].low"),
        # Code rules
        ("codes", "'M-\\d{3}'", "'M-\\d+'", "pattern", 5, "pattern"),
        ("codes", "example: M-001", "example: M-01", "pattern", 6, "example"),
        ("codes", "example: M-001", "example: 'HW:SCRAP'", "pattern", 6, "example"),
        ("codes", "'B\\d'", "'[A-Z]-?\\d{1,3}'", "pattern", 6, "example"),
        ("codes", "  material: magnet\n  pattern: 'L-", "  pattern: 'L/", "pattern", 11, "pattern"),
        ("pack", "badge: B1", "badge: C1", "pattern", 5, "people[0].badge"),
        ("pack", "number: WO-1", "number: PO-1", "pattern", 8, "orders[0].number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_line_and_field(
    tmp_path: Path, file: str, old: str, new: str, code: str, line: int, field: str
) -> None:
    assert (f"definition.{code}", line, field) in spoiled(tmp_path, file, old, new)


@pytest.mark.parametrize(
    ("old", "new", "line", "slot"),
    [
        ("slot: magnet", "slot: rotor", 21, 1),
        ("kind: scan\n      slot: rotor", "kind: replace\n      slot: rotor", 16, 0),
    ],
)
def test_a_slot_that_no_step_fills_is_refused(tmp_path: Path, old: str, new: str, line: int, slot: int) -> None:
    error = refusal(written(tmp_path, b=FILES["b.yaml"].replace(old, new)))
    assert error.code == "definition.missing"
    assert (error.details["line"], error.details["field"]) == (line, f"bom[{slot}].slot")


def test_a_number_that_must_be_text_says_how_to_write_it(tmp_path: Path) -> None:
    error = refusal(written(tmp_path, a=FILES["a.yaml"].replace("quantity: 1.0", "quantity: 1")))
    assert "put it in quotes" in str(error.details["hint"])


@pytest.mark.parametrize(("field", "value"), [("id", "magnet\n"), ("route", "other\n")])
def test_an_id_never_ends_in_a_line_break(field: str, value: str) -> None:
    """Python's $ would let it, and two spellings of one id would be two things."""
    name = {"zh": "磁钢", "en": "Magnet"}
    material = {"kind": "material", "id": "magnet", "name": name, "origin": "bought", "tracked": "lot", field: value}
    with pytest.raises(msgspec.ValidationError, match=field):
        DEFINITION.decode(msgspec.json.encode(material))


def test_a_block_that_nobody_could_release_yet_is_a_warning(tmp_path: Path) -> None:
    """The people of a site come after its pack, and with other roles than the pack's own."""
    checked = check(written(tmp_path, a=FILES["a.yaml"].replace("roles: [quality]", "roles: [qualty]")))
    assert checked.pack is not None
    found = {(one.file, one.line, one.field, one.code) for one in checked.problems if one.warning}
    assert ("b.yaml", 5, "operations[0].release[1]", "definition.reference") in found


def test_a_definition_that_stands_in_two_files_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "z.yaml").write_text("- {kind: reason, id: a, use: fail, name: {zh: 甲, en: A}}\n" + FILES["a.yaml"])
    error = refusal(tmp_path)
    assert (error.code, error.details["file"], error.details["line"]) == ("definition.duplicate", "z.yaml", 3)


def test_one_serial_never_names_things_of_two_materials(tmp_path: Path) -> None:
    """Both labels are told apart by their prefix, but the value that becomes the identity leaves it out."""
    rotor = "{kind: code, id: rotor, type: unit, material: rotor, name: {zh: 转子, en: Rotor}"
    text = FILES["codes.yaml"] + f"- {rotor}, pattern: 'SN(?P<value>M-\\d{{3}})', example: SNM-777}}\n"
    error = refusal(written(tmp_path, codes=text))
    assert (error.code, error.details["field"], error.details["line"]) == ("definition.pattern", "example", 6)


# Files ----------------------------------------------------------------------------------------------------------------
def test_a_folder_without_a_pack_says_so(tmp_path: Path) -> None:
    error = refusal(tmp_path / "nowhere")
    assert (error.code, error.details["file"]) == ("definition.missing", "pack.yaml")
    written(tmp_path)
    (tmp_path / "dir.yaml").mkdir()
    assert refusal(tmp_path).details["file"] == "dir.yaml"


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (b"", "yaml", 1),
        (b"# nothing\n", "yaml", 2),
        (b"kind: line\n", "schema", 1),
        (b"- a\n- b\xff\n", "yaml", 2),
        ("- 电机\n".encode("gb18030"), "yaml", 1),
        (b'- "\\UFFFFFFFF"\n', "yaml", 1),
        (b"- a\n" * 70_000, "oversized", 1),
        (b"%YAML 9.9\n---\n- a\n", "yaml", 1),
    ],
)
def test_a_file_that_is_no_list_of_definitions_is_refused(tmp_path: Path, raw: bytes, code: str, line: int) -> None:
    written(tmp_path)
    (tmp_path / "x.yaml").write_bytes(raw)
    error = refusal(tmp_path)
    assert (error.code, error.details["file"], error.details["line"]) == (f"definition.{code}", "x.yaml", line)


def test_a_definition_that_fits_no_event_is_refused(tmp_path: Path) -> None:
    step = "    - {{id: s-{}, name: {{zh: {}, en: x}}, kind: scan, slot: rotor}}\n"
    steps = "".join(step.format(i, "长" * 80) for i in range(300))
    text = FILES["b.yaml"] + "- kind: form\n  id: long\n  name: {zh: 长, en: Long}\n  steps:\n" + steps
    error = refusal(written(tmp_path, b=text))
    assert (error.code, error.details["line"]) == ("definition.oversized", 48)


def test_every_fault_is_found_not_only_the_first(tmp_path: Path) -> None:
    form, *rest = [d for d in load(written(tmp_path)).definitions if not isinstance(d, Material)]
    fields = {fault.field for fault in checks.faults([form, *rest])}
    assert {"material"} <= fields
    without = checks.faults([d for d in rest if not isinstance(d, Line | Form)])
    assert {"operations[0].at[0]", "operations[1].at[0]", "operations[0].form"} <= {fault.field for fault in without}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("-:{}[]&*!|>'\"%@`#,? \n\tab01~\\u", max_size=40) | st.text(max_size=20))
def test_any_text_is_definitions_or_a_bad_definition(tmp_path: Path, text: str) -> None:
    (tmp_path / "pack.yaml").write_text(FILES["pack.yaml"].partition("people")[0])
    (tmp_path / "x.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        load(tmp_path)
    except BadDefinition as e:
        assert set(e.details) == {"file", "line", "field", "hint"}


# The page that says how -----------------------------------------------------------------------------------------------
def test_the_small_pack_on_the_page_loads_without_a_warning(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "write-a-pack.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"^```yaml (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    checked = check(tmp_path)
    assert not checked.problems
    assert checked.pack is not None and checked.pack.id == "orange-juice"


def test_the_page_names_every_field_that_a_definition_may_have() -> None:
    page = (ROOT / "docs" / "write-a-pack.md").read_text(encoding="utf-8")
    structs = (*get_args(Definition), Manifest, Step, Field, Option, BomLine, Characteristic, Operation, Workplace)
    fields = {field.encode_name for struct in structs for field in msgspec.structs.fields(struct)}
    assert not {field for field in fields if f"`{field}`" not in page}


# Recipes -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("file", "old", "new", "code", "field"),
    [
        ("a", "tracked: lot,", "tracked: lot, allergens: [soy],", "allergen", "bom[1].material"),
        ("a", "      uom: pcs", "      uom: pcs\n      tolerance: 1.0", "limits", "bom[0].tolerance"),
        ("a", "      uom: pcs", "      uom: pcs\n      alternatives: [stator]", "reference", "bom[0].alternatives[0]"),
        ("a", "tracked: lot,", "tracked: lot, suppliers: [nobody],", "reference", "suppliers[0]"),
        ("a", "material: magnet", "material: motor", "reference", "bom[1].material"),
        ("b", "on_fail: rework", "tests: 1", "reference", "operations[2].reworks"),
        ("b", "kind: scan", "kind: output", "missing", "steps[0].characteristics"),
        ("b", "slot: rotor", "slot: rotor\n      optional: true", "schema", "steps[0].optional"),
    ],
)
def test_what_lots_and_recipes_need_is_checked_too(
    tmp_path: Path, file: str, old: str, new: str, code: str, field: str
) -> None:
    assert (f"definition.{code}", field) in {(c, f) for c, _, f in spoiled(tmp_path, file, old, new)}


def test_what_comes_back_into_its_own_process_may_close_the_circle(tmp_path: Path) -> None:
    back = "material: motor\n      rework: true"
    assert (
        check(written(tmp_path, a=FILES["a.yaml"].replace("material: magnet", back, 1).replace("12.50", "12.0"))).pack
        is not None
    )


def test_a_warning_does_not_keep_a_pack_from_being_loaded(tmp_path: Path) -> None:
    more = (
        FILES["b.yaml"]
        + "- {kind: form, id: spare, name: {zh: 备, en: Spare}, steps: [{id: a, kind: ship, name: {zh: 甲, en: A}}]}\n"
    )
    checked = check(written(tmp_path, b=more))
    assert checked.pack is not None
    assert [(p.warning, p.code, p.line) for p in checked.problems] == [(True, "definition.reference", 48)]


# Whatever people type -------------------------------------------------------------------------------------------------
DECLARED = set(re.findall(r"`(definition\.[a-z]+)`", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")))
SAUCE = {path.name: path.read_text(encoding="utf-8") for path in sorted((PACKS / "sauce-filling").glob("*.yaml"))}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_a_pack_with_anything_changed_loads_or_says_where(tmp_path: Path, data: st.DataObject) -> None:
    """Lines lost, doubled, swapped, and characters replaced: only declared errors come of it, each with its line."""
    files = dict(SAUCE)
    name = data.draw(st.sampled_from(sorted(files)))
    lines = files[name].split("\n")
    at, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    match data.draw(st.sampled_from(["drop", "double", "swap", "cut", "put"])):
        case "drop":
            del lines[at]
        case "double":
            lines.insert(other, lines[at])
        case "swap":
            lines[at], lines[other] = lines[other], lines[at]
        case "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
        case "put":
            place = data.draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:place] + data.draw(st.text(max_size=4)) + lines[at][place:]
    files[name] = "\n".join(lines)
    for path, text in files.items():
        (tmp_path / path).write_bytes(text.encode("utf-8", "surrogatepass"))
    checked = check(tmp_path)
    assert (checked.pack is None) == bool(checked.errors)
    for problem in checked.problems:
        assert problem.code in DECLARED
        assert 1 <= problem.line <= files[problem.file].count("\n") + 2
        assert "…?" not in problem.hint.say("zh") + problem.hint.say("en")


@pytest.mark.parametrize("name", ["motor-assembly", "sauce-filling"])
def test_every_tile_of_a_station_that_asks_for_a_reason_finds_one_in_a_pack_of_ours(name: str) -> None:
    known = load(PACKS / name).definitions
    overridden = any(o.on_unknown == "override" for r in known if isinstance(r, Route) for o in r.operations)
    uses = set(get_args(typing.get_type_hints(Reason)["use"])) - (set() if overridden else {"override"})
    assert {reason.use for reason in known if isinstance(reason, Reason)} >= uses
