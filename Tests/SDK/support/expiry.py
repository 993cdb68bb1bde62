"""Shares that have ended: the management API ends them with days only, the command line also with seconds."""

from datetime import UTC, datetime, timedelta

from support.people import Account
from support.polling import wait_until


def day(offset: int = 0) -> str:
    """A day from now in UTC, `2026-10-01`."""
    return (datetime.now(UTC) + timedelta(days=offset)).strftime("%Y-%m-%d")


def expired_share(owner: Account, organization: str, repository: str, receiver: Account) -> None:
    """Shares a repository and waits until the share has ended by itself."""
    owner.share(f"{organization}/{repository}", receiver, "--for", "2s")

    def ended() -> bool:
        return not owner.swr.show_share(organization, repository, receiver.name).status

    wait_until(ended, "the share ends")
