extension ManagementOperation {
    static let organizationPermissions: [ManagementOperation] = []
}
