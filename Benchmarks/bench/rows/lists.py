"""Tokens and lists."""

from ..figures import BERTH, CORE_RATE, CPU_REQUEST, NGINX, RATE, Sample, Target
from ..load import wrk
from ..servers.berth import OWNER, basic
from ..stage import REPOSITORY, TAG, TAGS, Stage
from .pulls import CONNECTIONS
from .row import Row, per_request


class Token(Row):
    """GET of /token with a password that was right a moment ago."""

    name = "token"
    title = "/token with cached credentials"
    contenders = (BERTH,)
    targets = (Target(CORE_RATE, 5000, at_least=True),)
    shown = (CPU_REQUEST, RATE)
    quick = True

    def prepare(self, stage: Stage) -> None:
        """Has the password checked, which is slow by intent."""
        stage.berth.token(REPOSITORY)

    def measure(self, stage: Stage, contender: str) -> Sample:
        """Requests a second of CPU time."""
        server = stage.berth
        url = f"http://{server.authority}{server.token_path(REPOSITORY)}"
        seconds = stage.options.seconds
        sample = per_request(server, lambda: wrk.run(url, basic(OWNER), CONNECTIONS, seconds, stage.directory))
        return sample | {CORE_RATE: 1 / sample[CPU_REQUEST]}


class TagsPage(Row):
    """A page of 100 out of the middle of 10,000 tags. docker-registry 2.8 has no pages, it lists all of them.

    The target is 100 µs where nginx needs 12 µs for a manifest, and so a multiple of what nginx needs here.
    """

    name = "tags-page"
    title = "tags list, 100 of 10,000"
    contenders = (BERTH, NGINX)
    targets = (Target(CPU_REQUEST, 100 / 12, NGINX, words="100/12"),)
    shown = (RATE,)
    quick = True

    def prepare(self, stage: Stage) -> None:
        """Pushes the tags."""
        stage.lay_out_tags(stage.berth)

    def measure(self, stage: Stage, contender: str) -> Sample:
        """nginx serves its manifest."""
        server = stage.server(contender)
        path = (
            f"/v2/{REPOSITORY}/manifests/{TAG}" if contender == NGINX else f"/v2/{TAGS}/tags/list?n=100&last=tag-04999"
        )
        url, authorization = f"http://{server.authority}{path}", server.authorization(TAGS)
        seconds = stage.options.seconds
        return per_request(server, lambda: wrk.run(url, authorization, CONNECTIONS, seconds, stage.directory))


ROWS: list[Row] = [Token(), TagsPage()]
