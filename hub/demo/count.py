"""Counts the demo: what the terminals displayed against what the hub's database holds. A process of its own.

Reads nothing that the demo's script knows: only the recorded terminals, the database and the pack's expectation.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

from common.ids import b64
from hub.db import access, counts, reads
from hub.definitions import pack as packs

# A confirmation ends with the first 8 letters of its log and the first 12 of its leaf hash.
CONFIRMED = re.compile(r"  \[([a-z2-7]{8})\.([A-Za-z0-9_-]{12})\]\s*$", re.MULTILINE)


def main() -> int:
    """Print one line; 0 if nothing was lost and the findings are those that the pack expects."""
    parser = argparse.ArgumentParser(prog="count")
    parser.add_argument("--terminals", type=Path, nargs="+", required=True)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--material", required=True)
    parser.add_argument("--units", type=int, required=True)
    args = parser.parse_args()
    shown = [found for path in args.terminals for found in CONFIRMED.findall(path.read_text(encoding="utf-8"))]
    store = access.open_store(args.database, create=False)
    with store.reading() as conn:
        there = {(log[:8], b64(leaf)[:12]) for log, leaf in counts.event_references(conn)}
        units = counts.finished(conn, args.material)
        findings = Counter(finding.kind for finding in reads.findings(conn))
    store.close()
    merged = sum(reference in there for reference in shown)
    expected = Counter(packs.load(args.pack).expect.findings)
    print(
        f"units={units} confirmed={len(shown)} merged={merged} lost={len(shown) - merged} findings={findings.total()}",
        flush=True,
    )
    faults = [
        f"{kind}: {findings[kind]} found, {expected[kind]} expected"
        for kind in sorted(findings | expected)
        if findings[kind] != expected[kind]
    ]
    if len(set(shown)) != len(shown):
        faults.append(f"{len(shown) - len(set(shown))} confirmations were shown twice")
    if units != args.units:
        faults.append(f"{units} units finished, {args.units} expected")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults or merged != len(shown) or not shown else 0


if __name__ == "__main__":
    sys.exit(main())
