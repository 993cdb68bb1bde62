"""What is known of an account as a whole, and its logins."""

from huaweicloudsdkswr.v2 import (
    CheckAgencyRequest,
    CheckAgencyResponse,
    CreateAgencyRequest,
    CreateAuthorizationTokenRequest,
    CreateAuthorizationTokenResponse,
    CreateSecretRequest,
    CreateSecretResponse,
    ListQuotasRequest,
    ReportData,
    ShowDomainOverviewRequest,
    ShowDomainOverviewResponse,
    ShowDomainResourceReportsRequest,
    ShowQuota,
    ShowShareFeatureGatesRequest,
    ShowShareFeatureGatesResponse,
    SwrClient,
)


class AccountCalls:
    sdk: SwrClient

    def overview(self) -> ShowDomainOverviewResponse:
        return self.sdk.show_domain_overview(ShowDomainOverviewRequest())

    def report(self, resource: str, frequency: str = "daily") -> list[ReportData]:
        request = ShowDomainResourceReportsRequest(resource_type=resource, frequency=frequency)
        return self.sdk.show_domain_resource_reports(request).body

    def quotas(self) -> list[ShowQuota]:
        """Needs a client with a project."""
        return self.sdk.list_quotas(ListQuotasRequest()).quotas

    def feature_gates(self) -> ShowShareFeatureGatesResponse:
        """Needs a client with a project."""
        return self.sdk.show_share_feature_gates(ShowShareFeatureGatesRequest())

    def check_agency(self) -> CheckAgencyResponse:
        return self.sdk.check_agency(CheckAgencyRequest())

    def create_agency(self) -> None:
        self.sdk.create_agency(CreateAgencyRequest())

    def create_secret(self, project: str | None = None) -> CreateSecretResponse:
        return self.sdk.create_secret(CreateSecretRequest(projectname=project))

    def create_authorization_token(self) -> CreateAuthorizationTokenResponse:
        return self.sdk.create_authorization_token(CreateAuthorizationTokenRequest())
