"""The agency of an account: section 13 of the contract."""

from support.people import Account
from support.refusals import refused, unchanged


def test_an_agency_is_made_once(acme: Account) -> None:
    before = acme.swr.check_agency()
    assert (before.domain_id, before.is_agency) == (acme.id, False)
    acme.swr.create_agency()
    assert acme.swr.check_agency().is_agency
    with unchanged(lambda: str(acme.swr.check_agency())), refused(409, None):
        acme.swr.create_agency()


def test_an_agency_is_the_accounts_own(acme: Account, globex: Account) -> None:
    acme.swr.create_agency()
    assert not globex.swr.check_agency().is_agency
    assert globex.swr.check_agency().domain_id == globex.id


def test_every_user_sees_the_agency_and_admin_users_make_it(acme: Account) -> None:
    bob = acme.add_user("bob")
    with refused(403, "4030170"):
        bob.swr.create_agency()
    assert not bob.swr.check_agency().is_agency
    acme.add_user("carol", admin=True).swr.create_agency()
    assert bob.swr.check_agency().is_agency
