"""What an account is told of itself: sections 17 and 18 of the contract."""

from datetime import UTC, date, datetime, timedelta

import pytest
import requests

from support import iam, images
from support.images import INDEX, MANIFEST, Manifest, digest_of
from support.people import Account, User
from support.plain_http import send, send_signed
from support.polling import wait_until
from support.refusals import refused
from support.registry import pull, push
from support.swr import Swr

_true_gates = ["enable_authorization_token", "enable_image_sync", "enable_list_v3", "enable_image_quota"]


def with_project(user: User, project: str | None = None) -> Swr:
    """A client that names its account's project, or another."""
    return Swr(user.server.url, user.access_key, user.secret_key, project or iam.project_id(user))


def stored(*manifests: Manifest) -> int:
    """The bytes of manifests and of the blobs that they refer to."""
    return sum(len(one.content) + sum(map(len, one.blobs)) for one in manifests)


def test_a_new_account_has_nothing(acme: Account) -> None:
    overview = acme.swr.overview()
    assert (overview.domain_id, overview.domain_name) == (acme.id, acme.name)
    assert (overview.namspace_num, overview.repo_num, overview.image_num) == (0, 0, 0)
    assert (overview.store_space, overview.downflow_size) == (0, 0)


def test_the_overview_counts_what_there_is(acme: Account, globex: Account, group: str, web: str) -> None:
    first, second = images.image("first"), images.image("second" * 500)
    push(acme.admin, f"{group}/{web}", "v1", first)
    push(acme.admin, f"{group}/{web}", "latest", first)
    push(acme.admin, f"{group}/other", "v1", second)
    acme.add_organization()
    overview = acme.swr.overview()
    assert (overview.namspace_num, overview.repo_num, overview.image_num) == (2, 2, 3)
    assert overview.store_space == pytest.approx(stored(first, second) / 1_000_000)
    acme.swr.share(group, web, globex.name)
    there = globex.swr.overview()
    assert (there.repo_num, there.image_num, there.store_space) == (0, 0, 0), "what is shared belongs to its owner"


def test_the_overview_goes_down_again(acme: Account, group: str, web: str) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("down"))
    push(acme.admin, f"{group}/{web}", "v2", images.image("down again"))
    acme.swr.delete_tag(group, web, "v1")
    assert acme.swr.overview().image_num == 1
    acme.swr.delete_tag(group, web, "v2")
    acme.swr.delete_repository(group, web)
    overview = acme.swr.overview()
    assert (overview.repo_num, overview.image_num, overview.store_space) == (0, 0, 0)
    acme.swr.delete_organization(group)
    assert acme.swr.overview().namspace_num == 0


def test_every_user_of_an_account_sees_its_numbers(acme: Account, group: str, web: str) -> None:
    bob = acme.add_user("bob")
    assert bob.swr.overview().repo_num == 1
    assert len(bob.swr.report("store")) == 30
    assert with_project(bob).feature_gates().enable_list_v3
    assert with_project(bob).quotas()


def test_a_pull_counts(acme: Account, globex: Account, group: str, web: str) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("pulled"))
    acme.swr.share(group, web, globex.name)
    assert acme.swr.show_repository(group, web).num_download == 0
    for user in [acme.admin, globex.admin, globex.admin]:
        assert pull(user, f"{group}/{web}", "v1").status_code == 200
    wait_until(lambda: acme.swr.show_repository(group, web).num_download == 3, "the pulls are counted")
    (listed,) = acme.swr.list_repositories(namespace=group).body
    (v3,) = acme.swr.list_repositories_v3(namespace=group).repos
    assert listed.num_download == v3.num_download == 3


def test_looking_and_refused_pulls_do_not_count(acme: Account, globex: Account, group: str, web: str) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("looked at"))
    url = f"{acme.server.url}/v2/{group}/{web}/manifests/v1"
    assert requests.head(url, headers={"Accept": MANIFEST}, auth=acme.admin.login, timeout=30).status_code == 200
    assert pull(globex.admin, f"{group}/{web}", "v1").status_code == 404
    acme.swr.show_tag(group, web, "v1")
    pull(acme.admin, f"{group}/{web}", "v1")
    wait_until(lambda: acme.swr.show_repository(group, web).num_download > 0, "the pull is counted")
    assert acme.swr.show_repository(group, web).num_download == 1


def test_an_image_for_several_platforms_counts_once(acme: Account, group: str, web: str) -> None:
    index = push(acme.admin, f"{group}/{web}", "v1", images.index(images.image("a"), images.image("b", "arm64")))
    url = f"{acme.server.url}/v2/{group}/{web}/manifests"
    for reference in [index.children[0].digest, "v1"]:
        headers = {"Accept": f"{INDEX}, {MANIFEST}"}
        assert requests.get(f"{url}/{reference}", headers=headers, auth=acme.admin.login, timeout=30).status_code == 200
    wait_until(lambda: acme.swr.show_repository(group, web).num_download > 0, "the pull is counted")
    assert acme.swr.show_repository(group, web).num_download == 1


def test_what_is_sent_of_images_is_told_to_the_owner(acme: Account, globex: Account, group: str, web: str) -> None:
    image = push(acme.admin, f"{group}/{web}", "v1", images.image("sent" * 5000))
    acme.swr.share(group, web, globex.name)
    for blob in image.blobs:
        url = f"{acme.server.url}/v2/{group}/{web}/blobs/{digest_of(blob)}"
        assert requests.get(url, auth=globex.admin.login, timeout=30).content == blob
    wait_until(lambda: acme.swr.overview().downflow_size > 0, "what was sent is counted")
    sent = pytest.approx(image.blob_bytes / 1_000_000)
    wait_until(lambda: acme.swr.overview().downflow_size == sent, "all that was sent is counted")
    assert acme.swr.report("downflow")[-1].value == sent
    assert globex.swr.overview().downflow_size == 0


@pytest.mark.parametrize("resource", ["store", "downflow"])
def test_a_report_has_thirty_days_up_to_today(acme: Account, resource: str) -> None:
    days = [date.fromisoformat(entry.date) for entry in acme.swr.report(resource)]
    assert len(days) == 30
    assert days == [days[0] + timedelta(days=number) for number in range(30)]
    assert abs(days[-1] - datetime.now(UTC).date()) <= timedelta(days=1)
    assert {entry.value for entry in acme.swr.report(resource)} == {0}


def test_the_report_of_today_has_what_is_stored(acme: Account, group: str, web: str) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("today" * 1000))
    wait_until(lambda: acme.swr.report("store")[-1].value > 0, "the day has its value")
    report = acme.swr.report("store")
    assert report[-1].value == pytest.approx(acme.swr.overview().store_space)
    assert {entry.value for entry in report[:-2]} == {0}


def test_there_are_no_other_reports(visitor: Account) -> None:
    for resource, frequency in [("upflow", "daily"), ("store", "weekly"), ("STORE", "daily"), ("downflow", "x")]:
        with refused(400, "4001025"):
            visitor.swr.report(resource, frequency)


def test_the_feature_gates_are_true_for_what_there_is(visitor: Account) -> None:
    gates = with_project(visitor.admin).feature_gates()
    for name in _true_gates:
        assert getattr(gates, name) is True, name
    for name in ["enable_image_scan", "enable_hss_service", "enable_cci_service", "enable_sm3", "enable_experience"]:
        assert getattr(gates, name) is False, name


def test_the_project_of_gates_and_quotas_is_ones_own(visitor: Account, acme: Account) -> None:
    for path in ["feature-gates", "quotas"]:
        for project in [iam.project_id(acme.admin), "0" * 32]:
            answer = send_signed(visitor.admin, "GET", f"/v2/manage/projects/{project}/{path}")
            assert (answer.status, answer.code) == (403, "4039001")
        for project in ["%7Bproject_id%7D", "a%20b", "a" * 300, "%C3%A9"]:
            answer = send_signed(visitor.admin, "GET", f"/v2/manage/projects/{project}/{path}")
            assert (answer.status, answer.code) == (400, "4000014"), project


def test_the_sdk_without_a_project_is_told_so(visitor: Account) -> None:
    with refused(400, "4000014", saying="project"):
        visitor.swr.quotas()
    with refused(400, "4000014", saying="project"):
        visitor.swr.feature_gates()


def test_the_versions_of_the_api_tell_where_they_are(visitor: Account) -> None:
    versions = send(visitor.server.authority, "GET", "/").json["versions"]
    current = [version for version in versions if version["status"] == "CURRENT"]
    assert [version["id"] for version in current] == ["v2"]
    for version in versions:
        assert version["links"] == {"href": f"{visitor.server.url}/{version['id']}/", "rel": "self"}
        assert send(visitor.server.authority, "GET", f"/{version['id']}").json == {"version": version}
    for name in ["v9", "v1", "v22"]:
        answer = send(visitor.server.authority, "GET", f"/{name}")
        assert (answer.status, answer.code) == (404, "4040083"), name
