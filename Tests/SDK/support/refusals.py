"""Refusals as a user of the SDK meets them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from support.error_codes import PREFIX


@contextmanager
def refused(status: int, code: str, saying: str = "") -> Iterator[None]:
    """Expects the SDK to raise this status and code, with a message that says something, such as `saying`."""
    with pytest.raises(ClientRequestException) as raised:
        yield
    error = raised.value
    told = (error.status_code, error.error_code)
    assert told == (status, PREFIX + code), f"refused with {told} {error.error_msg!r}, not {status} {code}"
    assert error.error_msg
    assert saying in error.error_msg, f"{error.error_msg!r} does not say {saying!r}"
    assert error.request_id


def forbidden() -> AbstractContextManager[None]:
    """Expects the refusal of a caller who may see the thing, and not do this to it."""
    return refused(403, "4030170")


def no_organization() -> AbstractContextManager[None]:
    """Expects what is answered for an organization that does not exist."""
    return refused(404, "4040058")


def no_repository() -> AbstractContextManager[None]:
    """Expects what is answered for a repository that does not exist."""
    return refused(404, "4040010")
