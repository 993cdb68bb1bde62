"""What one access key can do through the SDK."""

from huaweicloudsdkswr.v2 import SwrClient

from support.calls.organizations import OrganizationCalls
from support.calls.repositories import RepositoryCalls
from support.calls.shares import ShareCalls
from support.calls.tags import TagCalls
from support.clients import swr_client


class Swr(OrganizationCalls, RepositoryCalls, ShareCalls, TagCalls):
    """Short names for the SDK's operations; `sdk` is the client itself, for those that have none."""

    def __init__(self, url: str, access_key: str, secret_key: str, project: str | None = None) -> None:
        self.sdk: SwrClient = swr_client(url, access_key, secret_key, project)
