"""Refusals as a user of the SDK meets them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from support.error_codes import PREFIX


@contextmanager
def refused(status: int, code: str | None, saying: str = "") -> Iterator[None]:
    """Expects the SDK to raise this status and code (None: any), with a message in which `saying` is found."""
    with pytest.raises(ClientRequestException) as raised:
        yield
    error = raised.value
    told = f"refused with {error.status_code} {error.error_code} {error.error_msg!r}"
    assert error.status_code == status, f"{told}, not {status}"
    assert code is None or error.error_code == PREFIX + code, f"{told}, not {code}"
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


@contextmanager
def unchanged(look: Callable[[], object]) -> Iterator[None]:
    """Expects what `look` sees to be the same before and after."""
    before = look()
    yield
    assert look() == before, "a refused request changed something"
