"""The values of permissions, and entries that grant them."""

from huaweicloudsdkswr.v2 import UserAuth

from support.people import User

READ, WRITE, MANAGE = 1, 3, 7


def entry(user: User, auth: int) -> UserAuth:
    """`auth` for the user, as requests carry it."""
    return UserAuth(user_id=user.id, user_name=user.name, auth=auth)


def entries(found: list[UserAuth]) -> dict[str, int]:
    """The permissions of an answer, by user name."""
    return {one.user_name: one.auth for one in found}
