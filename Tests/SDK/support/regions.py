"""Two regions, and what is copied from the first to the second."""

from dataclasses import dataclass

import requests
from huaweicloudsdkswr.v2 import SyncJob

from support.berth_server import BerthServer
from support.images import Manifest, digest_of
from support.people import Account, User
from support.polling import wait_until
from support.registry import pull

PASSWORD = "a password of the other region"
OVER = {"success", "failed", "timeout", "cancel", "existed"}


@dataclass
class Regions:
    """Two servers, and the account in the second with whose password the first copies."""

    first: BerthServer
    second: BerthServer
    mirror: Account

    @classmethod
    def start(cls) -> "Regions":
        second = BerthServer(region="region-2").start()
        mirror = Account(second, "mirror")
        mirror.admin.set_password(PASSWORD)
        setting = region_setting(second, mirror.name, PASSWORD)
        first = BerthServer("--regions", setting, "--outbound-allow", "127.0.0.1").start()
        return cls(first, second, mirror)

    def stop(self) -> None:
        self.first.remove()
        self.second.remove()


def region_setting(second: BerthServer, account: str, password: str) -> str:
    return f"region-2=http://{account}:{password.replace(' ', '%20')}@{second.authority}"


def jobs(account: Account, organization: str, repository: str) -> list[SyncJob]:
    """The newest first."""
    return account.swr.synchronization_jobs(organization, repository).body or []


def statuses(account: Account, organization: str, repository: str) -> dict[str, str]:
    """The status of the newest job of each tag, after all jobs are over."""

    def are_over() -> bool:
        return all(job.status in OVER for job in jobs(account, organization, repository))

    wait_until(are_over, "the jobs are over", seconds=60)
    return {job.tag: job.status for job in reversed(jobs(account, organization, repository))}


def copied_tags(regions: Regions, organization: str, repository: str) -> dict[str, str]:
    """The digest of each tag in the second region."""
    return {tag.tag: tag.digest for tag in regions.mirror.swr.list_tags(organization, repository).body or []}


def is_whole(reader: User, repository: str, manifest: Manifest, reference: str | None = None) -> bool:
    """Whether an image, or an index, can be pulled with all its content, byte for byte."""
    if pull(reader, repository, reference or manifest.digest).content != manifest.content:
        return False
    url = f"{reader.server.url}/v2/{repository}/blobs"
    for blob in manifest.blobs:
        if requests.get(f"{url}/{digest_of(blob)}", auth=reader.login, timeout=30).content != blob:
            return False
    return all(is_whole(reader, repository, child) for child in manifest.children)
