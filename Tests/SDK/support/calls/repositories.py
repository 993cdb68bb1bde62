"""Repositories, their lists, and permissions on them."""

from huaweicloudsdkswr.v2 import (
    CreateRepoRequest,
    CreateRepoRequestBody,
    CreateUserRepositoryAuthRequest,
    DeleteRepoRequest,
    DeleteUserRepositoryAuthRequest,
    ListRepoDetailsRequest,
    ListRepoDetailsResponse,
    ListReposDetailsRequest,
    ListReposDetailsResponse,
    ShowRepositoryRequest,
    ShowRepositoryResponse,
    ShowUserRepositoryAuthRequest,
    ShowUserRepositoryAuthResponse,
    SwrClient,
    UpdateRepoRequest,
    UpdateRepoRequestBody,
    UpdateUserRepositoryAuthRequest,
    UserAuth,
)


class RepositoryCalls:
    sdk: SwrClient

    def create_repository(
        self,
        organization: str,
        name: str,
        *,
        is_public: bool = False,
        category: str | None = None,
        description: str | None = None,
    ) -> None:
        body = CreateRepoRequestBody(repository=name, is_public=is_public, category=category, description=description)
        self.sdk.create_repo(CreateRepoRequest(namespace=organization, body=body))

    def update_repository(
        self,
        organization: str,
        name: str,
        *,
        is_public: bool = False,
        category: str | None = None,
        description: str | None = None,
    ) -> None:
        body = UpdateRepoRequestBody(is_public=is_public, category=category, description=description)
        self.sdk.update_repo(UpdateRepoRequest(namespace=organization, repository=name, body=body))

    def show_repository(self, organization: str, name: str) -> ShowRepositoryResponse:
        return self.sdk.show_repository(ShowRepositoryRequest(namespace=organization, repository=name))

    def delete_repository(self, organization: str, name: str) -> None:
        self.sdk.delete_repo(DeleteRepoRequest(namespace=organization, repository=name))

    def list_repositories(self, **query: str) -> ListReposDetailsResponse:
        return self.sdk.list_repos_details(ListReposDetailsRequest(**query))

    def list_repositories_v3(self, **query: str | int | bool) -> ListRepoDetailsResponse:
        return self.sdk.list_repo_details(ListRepoDetailsRequest(**query))

    def grant_on_repository(self, organization: str, name: str, *entries: UserAuth) -> None:
        self.sdk.create_user_repository_auth(
            CreateUserRepositoryAuthRequest(namespace=organization, repository=name, body=list(entries))
        )

    def change_on_repository(self, organization: str, name: str, *entries: UserAuth) -> None:
        self.sdk.update_user_repository_auth(
            UpdateUserRepositoryAuthRequest(namespace=organization, repository=name, body=list(entries))
        )

    def revoke_on_repository(self, organization: str, name: str, *user_ids: str) -> None:
        self.sdk.delete_user_repository_auth(
            DeleteUserRepositoryAuthRequest(namespace=organization, repository=name, body=list(user_ids))
        )

    def permissions_on_repository(self, organization: str, name: str) -> ShowUserRepositoryAuthResponse:
        return self.sdk.show_user_repository_auth(
            ShowUserRepositoryAuthRequest(namespace=organization, repository=name)
        )
