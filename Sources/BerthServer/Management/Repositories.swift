extension ManagementOperation {
    static let repositories: [ManagementOperation] = []
}
