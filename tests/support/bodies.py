"""One event of each body type, every field of it filled: for golden vectors, and for what must hold of all types."""

from __future__ import annotations

import hashlib

from common import entries as e
from common import event_types as b
from common.events import Fact, encode
from common.ids import Claim, b64, event_id, log_id, tag
from tests.support.factory import container, key, lot, stamp, unit

PUB = key(0).public_key().public_bytes_raw()
LOG = log_id(PUB)
LEAF = hashlib.sha256(b"a leaf").digest()
EVENT = event_id(LOG, LEAF)
TAG = tag(EVENT, 0)
HEAD = b.Head(log=LOG, size=41, root=b64(LEAF))
ORDER = Claim("order@k3f9x2ma", "WO-2611-0087")
DEVICE = Claim("device@k3f9x2ma", "st-20/scanner-2")
NOTES = Claim("notes@k3f9x2ma", "st-20")
U, V, L, C = unit("M-250-004217"), unit("R-88213-0007"), lot("magnet/MG-2610-B"), container("P-000112")

NOISE = {"zh": "异响", "en": "Noise"}

EVERY: tuple[tuple[b.Body, tuple[Claim, ...]], ...] = (
    (b.Commission(material="motor-250", order="WO-2611-0087"), (U,)),
    (b.Bind(slot="magnet", material="magnet", quantity="8", uom="pcs", operation="press", scan="TUctMjYxMC1C"), (U, L)),
    (
        b.BindOneOf(slot="magnet", material="magnet", quantity="8", uom="pcs", operation="press", scan="TUctMjYxMC1C"),
        (U, L, lot("magnet/MG-2610-C")),
    ),
    (b.Unbind(operation="rework", slot="rotor", tags=(TAG,), scan="Ui04ODIxMw"), (U, V)),
    (b.Replace("rotor", "rotor", "1", "pcs", "rework", (TAG,), "Ui04ODIxMw"), (U, unit("R-88213-0008"), V)),
    (
        b.Transform(1, (b.Quantity(0, "12.5", "kg"),), "magnet", "split"),
        (L, lot("magnet/MG-2610-B1"), lot("magnet/MG-2610-B2")),
    ),
    (b.Aggregate(operation="pack"), (C, U, unit("M-250-004218"))),
    (b.AggregateCounted((b.Quantity(1, "12", "pcs"),), "pack"), (C, L)),
    (b.Disaggregate(tags=(TAG,)), (C, U)),
    (b.OperationStarted(operation="test", unknown=("wire",), override=EVENT), (U,)),
    (b.OperationCompleted("test", "fail", True, ("wire",), ("noise",)), (U,)),
    (b.OperationLeft(operation="wire", step="screw-2", reason="shift-end"), (U,)),
    (
        b.Measured("press", "press-1", "plc-1", (b.Value("force", "12.500", "kN", "pass", "10", "15"),), sequence=4711),
        (U,),
    ),
    (
        b.MeasuredPage(
            "look",
            "page-1",
            (
                e.NumberEntry(
                    ch="gap",
                    verdict="warn",
                    i=1,
                    value="0.42",
                    uom="mm",
                    low="0.1",
                    high="0.5",
                    warn_low="0.15",
                    warn_high="0.4",
                    device="caliper",
                ),
                e.TextEntry(ch="remark", verdict="pass", value="划痕 A-7"),
                e.ChoiceEntry(ch="colour", verdict="fail", value="scratched"),
                e.DateEntry(ch="made", verdict="pass", value="2026-11-22"),
                e.CodeEntry(ch="lamp", verdict="pass", value="LP-7", scan="TFAtNw", thing=2),
                e.PhotoEntry(ch="picture", verdict="pass", value="sha256:" + LEAF.hex(), device="camera"),
                e.SignatureEntry(ch="signed", verdict="pass", value="p-zhou", meaning="checked"),
            ),
        ),
        (C, U, Claim("equipment@k3f9x2ma", "LP-7")),
    ),
    (b.Inspected(operation="look", verdict="fail", defects=("scratch",)), (U,)),
    (b.Refused("wire", "component.wrong", "控制器", "QzI1LTAwMDE5", ("interlock.missing",)), (U,)),
    (b.Hold(reason="磁钢裂纹", rule="lot_held", cause=EVENT), (U, L)),
    (b.Release(tags=(TAG,), reason="looked at under the microscope", meaning="use_as_is"), (U,)),
    (b.NonconformanceOpened(code="crack", operation="press", text="裂纹 3 mm"), (U,)),
    (b.NonconformanceDecided(opened=TAG, decision="rework", reason="can be ground"), (U,)),
    (b.Approval(event=EVENT, meaning="reviewed", decision="approve", reason="as agreed"), (U,)),
    (b.Scrap(reason="cracked", operation="press"), (U,)),
    (b.Unscrap(tags=(TAG,), reason="the neighbour was meant"), (U,)),
    (b.Amend(event=EVENT, body={"operation": "press", "values": []}, reason="unit was wrong"), (U,)),
    (b.Void(event=EVENT, reason="scanned by mistake"), (U,)),
    (b.Settle(finding="component_contested", keep=(TAG,), drop=(tag(EVENT, 1),), reason="part seen in M-250"), (U,)),
    (b.Ship(to="customer-7", document="DN-2611-003"), (C,)),
    (b.Receive("magnet", "supplier-3", "500", "pcs", "B-77", "GR-2610-9", "2027-10-31"), (L,)),
    (b.Return(source="customer-7", reason="noise"), (U,)),
    (b.Label(label="motor-plate", state="verified", reason="new plate"), (U,)),
    (b.Call(state="answered", place="st-20", reason="screwdriver", raised=EVENT), ()),
    (b.SignIn(place="st-20", state="in"), ()),
    (b.ShiftNote("st-20", "2 号枪扭矩偏大，首件复测 / check screw 2"), (NOTES,)),
    (b.DeviceChanged("st-20", "scanner-2", "scanner", "down", "scanner.unplugged", 7), (DEVICE,)),
    (b.OrderReceived(material="motor-250", quantity="24", uom="pcs", due="2026-11-30"), (ORDER,)),
    (b.DefinitionPublished({"kind": "reason", "id": "noise", "name": NOISE, "use": "fail"}), ()),
    (b.SerialBlockLeased(LOG, "motor-250", "M-250-", 6, 4_000, 4_199), ()),
    (b.StationEnrolled(station="st-20", log=LOG, pub=b64(PUB), line="motor-line", parent=HEAD), ()),
    (b.StationRevoked(log=LOG, at=41, reason="stolen"), ()),
    (b.LogOpened(author="st-20", reason="restore", parent=HEAD), ()),
    (b.Readopt(log=LOG, index=40, event=b64(encode(Fact(b.SignIn(place="st-20", state="out")), stamp(0)))), ()),
    (b.Anchor(note="an anchor as the hub signed it\n", rtt_ms=12), ()),
)
