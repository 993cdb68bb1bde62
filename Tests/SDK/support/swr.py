"""What one access key can do through the SDK."""

from huaweicloudsdkswr.v2 import SwrClient

from support.calls.accounts import AccountCalls
from support.calls.organizations import OrganizationCalls
from support.calls.repositories import RepositoryCalls
from support.calls.retention import RetentionCalls
from support.calls.shares import ShareCalls
from support.calls.synchronization import SynchronizationCalls
from support.calls.tags import TagCalls
from support.calls.triggers import TriggerCalls
from support.clients import swr_client


class Swr(
    OrganizationCalls,
    RepositoryCalls,
    TagCalls,
    ShareCalls,
    RetentionCalls,
    TriggerCalls,
    SynchronizationCalls,
    AccountCalls,
):
    """Short names for the SDK's operations; `sdk` is the client itself, for those that have none."""

    def __init__(self, url: str, access_key: str, secret_key: str, project: str | None = None) -> None:
        self.sdk: SwrClient = swr_client(url, access_key, secret_key, project)
