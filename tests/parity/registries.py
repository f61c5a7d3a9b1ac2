"""Random registers as they are: states alone, in versions, some taken back; and what was written of one."""

import random
from datetime import date

from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import When
from crosstie.ledger.statements import Entity, Head, Holding, Office, Retraction, Source, StatementId, Status

WHY = "Unspecified (informationUnknownToPublisher)"


def said(seed):
    """States alone, as registers have them: several versions, some taken back, parties that nothing describes."""
    rng = random.Random(seed)
    made = []

    def head(**more):
        day = date(2020, 1, 1).replace(year=rng.randrange(2018, 2024), month=rng.randrange(1, 13))
        return Head(
            id=StatementId(f"s{len(made)}"), known_on=When.on(day), note=rng.choice(("", "noted")), **more
        )

    for _ in range(150):
        party = f"p{rng.randrange(40)}"
        draw = rng.random()
        if draw < 0.25:
            made.append(Entity(head=head(), party=party, name=rng.choice(("", f"Name é {rng.random()}")),
                               type=rng.choice(("company", "person", "trust"))))  # fmt: skip
        elif draw < 0.3:
            nobody = f"unspecified:x{rng.randrange(5)}:1"
            made.append(Entity(head=head(), party=nobody, name=WHY, type="unknown"))
            made.append(Holding(head=head(), holder=nobody, issuer=party, words="settlor, trustee"))
        elif draw < 0.8:
            status = rng.choice((Status.COMPLETED, Status.COMPLETED, Status.PLANNED))
            made.append(Holding(head=head(status=status), holder=party, issuer=f"p{rng.randrange(60)}",
                                share=share(rng), words=rng.choice(("", "", "nominee", "trustee, settlor")),
                                share_class=rng.choice((None, None, "p1-a"))))  # fmt: skip
        elif draw < 0.9:
            made.append(Office(head=head(), person=party, body="p1", role="director"))
        elif made:
            made.append(Retraction(head=head(), retracts=rng.choice(made).head.id))
    return [Source(id="src", title="A source"), *made]


def share(rng):
    return rng.choice((None, Interval.parse("25-50%"), Interval.parse(f"{rng.randrange(1, 100)}%")))


def written(path):
    """The content of a file, or of each in a folder."""
    return {each.name: each.read_bytes() for each in path.iterdir()} if path.is_dir() else path.read_bytes()
