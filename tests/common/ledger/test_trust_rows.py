"""Only the site log says whose keys count, and what it says is in force wherever the logs come from."""

import pytest

from common import event_types as b
from common.ids import b64
from common.ledger import logs, trust
from common.ledger.project import project
from common.ledger.reads import definitions
from common.rows import Revocation
from tests.support.factory import Author, Node, bind, done, everything, kinds, lot, unit
from tests.support.postgres import BOTH

ENGINES = BOTH

REASON = {"kind": "reason", "id": "noise", "name": {"zh": "异响", "en": "Noise"}, "use": "fail"}


def states(node: Node) -> dict[str, tuple[str, int | None]]:
    """Author → (role, trusted up to)."""
    with node.store.reading() as conn:
        return {one.author: (one.role, one.trusted_to) for one in logs.all_logs(conn)}


def failures(node: Node) -> list[str]:
    """The codes of what made no sense, projecting everything once more."""
    with node.store.writing() as conn:
        return [error.code for _, _, error in project(conn, everything(conn)).failed]


def test_the_site_log_enrols_a_station_and_its_log_is_taken_from_then_on(make, site):
    author = Author(3, "st-30")
    author.say(bind(), unit(), lot())
    node = make(site=site)
    assert node.take(author.batch())[0].kind == "aside"
    site.say(author.enrolment())
    node.take(site.batch())
    assert states(node) == {"site": ("site", None), "st-30": ("station", None)}
    assert node.standing(unit()).components


def test_an_enrolment_names_the_log_that_this_one_follows(make, site):
    old, new = Author(3, "st-30"), Author(4, "st-30")
    old.say(b.Commission(material="motor"), unit())
    new.say(bind(), unit(), lot())
    site.say(old.enrolment())
    site.say(new.enrolment(parent=old.head()))
    node = make(site=site)
    for each in (site, old, new):
        node.take(each.batch())
    with node.store.reading() as conn:
        assert [(one.follows, one.follows_size) for one in logs.all_logs(conn)][1:] == [(None, 0), (old.log, 1)]


@pytest.mark.parametrize(
    "said",
    [
        Author(8).enrolment(),
        b.StationRevoked(log=Author(1).log, at=0, reason="because"),
        b.DefinitionPublished(definition=REASON),
    ],
    ids=["enrol", "revoke", "publish"],
)
def test_no_station_may_enrol_revoke_or_publish(make, author, site, said):
    """The event is kept, as everything authentic is; it says nothing, and is reported."""
    author.say(said)
    node = make(author, site=site)
    node.take(author.batch())
    assert states(node) == {"st-10": ("station", None), "site": ("site", None)}
    with node.store.reading() as conn:
        assert definitions(conn).by_kind == {}
    assert len(node.entries()) == 1
    assert failures(node) == ["event.authority"]


def test_an_enrolment_of_a_log_that_is_not_its_keys_is_nothing(make, site):
    """Else the site could be made to say that somebody's log is signed by somebody else."""
    victim, thief = Author(3), Author(4)
    said = b.StationEnrolled(station="st-3", log=victim.log, pub=b64(thief.pub), line="line-1")
    site.say(said)
    node = make(site=site)
    node.take(site.batch())
    assert list(states(node)) == ["site"]


@pytest.mark.parametrize("order", [(4, 9), (9, 4)])
def test_of_two_revocations_the_one_that_cuts_more_is_in_force(make, author, order):
    node = make(author)
    with node.store.writing() as conn:
        for at in order:
            trust.apply(conn, [Revocation(0, author.log, at, "stolen")])
    assert states(node)["st-10"] == ("station", 4)


def test_what_was_taken_above_the_cut_before_the_revocation_came_is_disputed(make, author, site):
    """Its passes count no more; its bad news does, until somebody decides."""
    author.say(done("press"), unit())
    author.say(done("wire"), unit())
    author.say(b.Scrap(reason="broken"), unit("M-2"))
    site.say(b.StationRevoked(log=author.log, at=1, reason="stolen"))
    node = make(author, site=site)
    node.take(author.batch())
    node.take(site.batch())
    standing = node.standing(unit())
    assert (standing.outcome("press"), standing.outcome("wire")) == ("pass", "none")
    assert kinds(standing) == ["distrusted"]
    assert node.standing(unit("M-2")).state == "scrapped"
