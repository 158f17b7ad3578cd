"""The demo's three workplaces are kiosks where Qt is installed, and nothing that their screens confirmed is lost."""

from __future__ import annotations

from pathlib import Path

from tests.flow.test_demo import LAST, PLACES, run


def test_the_demo_drives_three_kiosks_to_its_end(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    done = run("common.command", "demo", "--once", "--keep", str(folder), LC_ALL="zh_CN.UTF-8")
    assert done.returncode == 0, done.stdout + done.stderr
    last = LAST.fullmatch(done.stdout.strip().splitlines()[-1])
    assert last and last[1] == last[2], done.stdout
    for place in PLACES:
        assert 'screen = "kiosk"' in (folder / f"{place}.toml").read_text()
        said = (folder / f"{place}.log").read_text()
        assert "Traceback" not in said and "level='error'" not in said
