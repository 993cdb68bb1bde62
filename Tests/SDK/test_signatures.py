"""Signatures of images: sections 7.6 and 7.7 of the contract."""

import pytest

from support import images
from support.images import Manifest
from support.people import Account
from support.plain_http import send_signed
from support.refusals import forbidden, no_organization, no_repository, refused
from support.registry import push


@pytest.fixture
def signed(acme: Account, group: str, web: str) -> Manifest:
    """An image with two tags, `v1` and `latest`, and a cosign signature; `v2` is another, without one."""
    image = images.image("signed")
    for tag in ["v1", "latest"]:
        push(acme.admin, f"{group}/{web}", tag, image)
    push(acme.admin, f"{group}/{web}", "v2", images.image("not signed"))
    push(acme.admin, f"{group}/{web}", images.signature_tag(image), images.signature(image))
    return image


def test_the_accessories_of_a_tag_are_its_signatures(acme: Account, group: str, web: str, signed: Manifest) -> None:
    for tag in ["v1", "latest"]:
        response = acme.swr.list_accessories(group, web, tag)
        assert response.total == 1
        (accessory,) = response.accessories
        assert (accessory.domain_id, accessory.namespace_name, accessory.repo_name) == (acme.id, group, web)
        assert accessory.sig_tag == images.signature_tag(signed)
        assert accessory.sig_digest == images.signature(signed).digest
        assert accessory.target_digest == signed.digest
        assert accessory.type == "signature.cosign"
        assert accessory.size > 0


def test_an_image_without_signature_has_no_accessories(acme: Account, group: str, web: str, signed: Manifest) -> None:
    response = acme.swr.list_accessories(group, web, "v2")
    assert (response.total, response.accessories) == (0, None)


def test_a_deleted_signature_is_no_accessory_any_more(acme: Account, group: str, web: str, signed: Manifest) -> None:
    acme.swr.delete_tag(group, web, images.signature_tag(signed))
    assert acme.swr.list_accessories(group, web, "v1").total == 0


def test_a_page_past_the_end_has_the_total_alone(acme: Account, group: str, web: str, signed: Manifest) -> None:
    response = acme.swr.list_accessories(group, web, "v1", limit=1, offset=1)
    assert response.total == 1
    assert not response.accessories


def test_the_references_of_a_signature_are_the_tags_it_signs(
    acme: Account, group: str, web: str, signed: Manifest
) -> None:
    response = acme.swr.list_references(group, web, images.signature_tag(signed))
    assert sorted(response.tags) == ["latest", "v1"]
    assert (response.has_more, response.next_marker) == (False, None)


def test_references_come_in_pages_of_ten(acme: Account, group: str, web: str) -> None:
    image = images.image("many tags")
    tags = [f"t{number:02}" for number in range(12)]
    for tag in tags:
        push(acme.admin, f"{group}/{web}", tag, image)
    push(acme.admin, f"{group}/{web}", images.signature_tag(image), images.signature(image))
    first = acme.swr.list_references(group, web, images.signature_tag(image))
    assert len(first.tags) == 10
    assert first.has_more
    second = acme.swr.list_references(group, web, images.signature_tag(image), marker=first.next_marker)
    assert sorted(first.tags + second.tags) == tags
    assert (second.has_more, second.next_marker) == (False, None)
    small = acme.swr.list_references(group, web, images.signature_tag(image), limit=3)
    assert len(small.tags) == 3


def test_a_receiver_sees_the_signatures(acme: Account, globex: Account, group: str, web: str, signed: Manifest) -> None:
    acme.swr.share(group, web, globex.name)
    assert globex.swr.list_accessories(group, web, "v1").total == 1
    assert sorted(globex.swr.list_references(group, web, images.signature_tag(signed)).tags) == ["latest", "v1"]


def test_pages_that_cannot_be_are_refused(acme: Account, group: str, web: str, signed: Manifest) -> None:
    base = f"/v2/manage/namespaces/{group}/repos/{web}"
    targets = [f"{base}/v1/accessories?{query}" for query in ["limit=101", "limit=-1", "limit=x", "offset=-1"]]
    tag = images.signature_tag(signed)
    targets += [f"{base}/{tag}/references?{query}" for query in ["limit=11", "limit=x", "marker=nonsense"]]
    for target in targets:
        answer = send_signed(acme.admin, "GET", target)
        assert (answer.status, answer.code) == (400, "4001025"), target


def test_signatures_of_what_is_not_there_or_not_ones_own(
    acme: Account, globex: Account, group: str, web: str, signed: Manifest
) -> None:
    tag = images.signature_tag(signed)
    cases = [
        (acme.admin, group, web, "missing", refused(404, "4040048"), refused(404, "4040048")),
        (acme.admin, group, "missing", tag, no_repository(), no_repository()),
        (acme.admin, "missing", web, tag, no_organization(), no_organization()),
        (globex.admin, group, web, tag, no_organization(), no_organization()),
        (acme.add_user("nobody"), group, web, tag, forbidden(), forbidden()),
    ]
    for user, organization, repository, name, first, second in cases:
        with first:
            user.swr.list_references(organization, repository, name)
        with second:
            user.swr.list_accessories(organization, repository, name)
