extension ManagementOperation {
    static let repositoryPermissions: [ManagementOperation] = []
}
