"""Shares with other accounts, and the lists of what is shared."""

from huaweicloudsdkswr.v2 import (
    CreateRepoDomainsRequest,
    CreateRepoDomainsRequestBody,
    DeleteRepoDomainsRequest,
    ListRepoDomainsRequest,
    ListSharedRepoDetailsRequest,
    ListSharedRepoDetailsResponse,
    ListSharedReposDetailsRequest,
    ListSharedReposDetailsResponse,
    ShowAccessDomainRequest,
    ShowAccessDomainResponse,
    ShowRepoDomainsResponse,
    SwrClient,
    UpdateRepoDomainsRequest,
    UpdateRepoDomainsRequestBody,
)


class ShareCalls:
    sdk: SwrClient

    def share(
        self,
        organization: str,
        repository: str,
        account: str,
        *,
        deadline: str = "forever",
        permit: str = "read",
        description: str | None = None,
    ) -> None:
        body = CreateRepoDomainsRequestBody(
            access_domain=account, permit=permit, deadline=deadline, description=description
        )
        self.sdk.create_repo_domains(CreateRepoDomainsRequest(namespace=organization, repository=repository, body=body))

    def update_share(
        self,
        organization: str,
        repository: str,
        account: str,
        *,
        deadline: str = "forever",
        permit: str = "read",
        description: str | None = None,
    ) -> None:
        body = UpdateRepoDomainsRequestBody(permit=permit, deadline=deadline, description=description)
        self.sdk.update_repo_domains(
            UpdateRepoDomainsRequest(namespace=organization, repository=repository, access_domain=account, body=body)
        )

    def list_shares(self, organization: str, repository: str) -> list[ShowRepoDomainsResponse]:
        request = ListRepoDomainsRequest(namespace=organization, repository=repository)
        return self.sdk.list_repo_domains(request).body or []

    def show_share(self, organization: str, repository: str, account: str) -> ShowAccessDomainResponse:
        return self.sdk.show_access_domain(
            ShowAccessDomainRequest(namespace=organization, repository=repository, access_domain=account)
        )

    def unshare(self, organization: str, repository: str, account: str) -> None:
        self.sdk.delete_repo_domains(
            DeleteRepoDomainsRequest(namespace=organization, repository=repository, access_domain=account)
        )

    def list_shared(self, center: str | None, **query: str) -> ListSharedReposDetailsResponse:
        return self.sdk.list_shared_repos_details(ListSharedReposDetailsRequest(center=center, **query))

    def list_shared_v3(self, shared_by: str | None, **query: str | int | bool) -> ListSharedRepoDetailsResponse:
        return self.sdk.list_shared_repo_details(ListSharedRepoDetailsRequest(shared_by=shared_by, **query))
