"""Shares as the command line has them: what is true, whatever a page shows."""

from dataclasses import dataclass

from console.moments import Moment
from console.people import Person
from support.berth_server import BerthServer


@dataclass(frozen=True)
class Share:
    end: Moment | None
    description: str
    status: str


def shares(server: BerthServer, image: str) -> dict[str, Share]:
    """Those of an image, by receiver."""
    return {
        found["account"]: Share(
            Moment.read(found["deadline"]) if found["deadline"] else None, found["description"] or "", found["status"]
        )
        for found in server.run("share", "list", image)
    }


def add_share(image: str, receiver: Person, *validity: str, description: str | None = None) -> None:
    """With an end such as `--for 2s`, else for good."""
    described = ["--description", description] if description else []
    receiver.server.run("share", "add", image, "--with", receiver.account, *(validity or ("--forever",)), *described)
