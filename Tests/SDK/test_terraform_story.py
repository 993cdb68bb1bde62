"""What Terraform does with the resources of a registry: create, read back, update, and destroy in reverse."""

from support import images
from support.berth_server import unique
from support.expiry import day
from support.people import Account
from support.permissions import MANAGE, READ, WRITE, entries, entry
from support.refusals import no_organization, no_repository
from support.registry import can_pull, can_push, push


def test_a_plan_is_applied_changed_and_destroyed(acme: Account, globex: Account) -> None:
    swr, group, bob = acme.swr, unique("terraform"), acme.add_user("bob")

    # Apply: each resource is created, then read back.
    swr.create_organization(group)
    organization = swr.show_organization(group)
    assert (organization.name, organization.creator_name, organization.auth) == (group, acme.admin.name, MANAGE)

    swr.grant_on_organization(group, entry(bob, READ))
    permissions = swr.permissions_on_organization(group)
    assert permissions.self_auth.auth == MANAGE
    assert entries(permissions.others_auths) == {"bob": READ}

    swr.create_repository(group, "team$web", category="app_server", description="made by a plan")
    repository = swr.show_repository(group, "team$web")
    assert (repository.name, repository.category, repository.is_public) == ("team/web", "app_server", False)
    assert repository.path == f"{acme.server.authority}/{group}/team/web"
    push(acme.admin, f"{group}/team/web", "v1", images.image("terraform"))

    deadline = f"{day(30)}T00:00:00Z"
    swr.share(group, "team$web", globex.name, deadline=deadline, description="made by a plan")
    share = swr.show_share(group, "team$web", globex.name)
    assert (share.exist, share.status, share.permit) == (True, True, "read")
    assert (share.deadline[:10], share.description) == (deadline[:10], "made by a plan")
    assert can_pull(globex.admin, f"{group}/team/web", "v1")

    # Change the plan: each resource is updated in place, then read back.
    swr.change_on_organization(group, entry(bob, WRITE))
    assert entries(swr.permissions_on_organization(group).others_auths) == {"bob": WRITE}
    assert can_push(bob, f"{group}/team/web")

    swr.update_repository(group, "team$web", category="linux", description="changed by a plan")
    changed = swr.show_repository(group, "team$web")
    assert (changed.id, changed.category, changed.description) == (repository.id, "linux", "changed by a plan")

    swr.update_share(group, "team$web", globex.name, deadline="forever", description="")
    share = swr.show_share(group, "team$web", globex.name)
    assert (share.deadline, share.description, share.status) == ("forever", "", True)

    # Destroy, in reverse.
    swr.unshare(group, "team$web", globex.name)
    assert swr.show_share(group, "team$web", globex.name).exist is False
    assert not can_pull(globex.admin, f"{group}/team/web", "v1")

    swr.delete_tag(group, "team$web", "v1")
    swr.delete_repository(group, "team$web")
    with no_repository():
        swr.show_repository(group, "team$web")

    swr.revoke_on_organization(group, bob.id)
    assert swr.permissions_on_organization(group).others_auths == []

    swr.delete_organization(group)
    with no_organization():
        swr.show_organization(group)

    # Nothing is left.
    assert swr.list_organizations() == []
    assert bob.swr.list_organizations(filter="mode::visible") == []
    assert not swr.list_repositories().body
    assert not swr.list_shared("self").body
    assert not globex.swr.list_shared("thirdparty").body
    assert not can_pull(acme.admin, f"{group}/team/web", "v1")
