extension ManagementOperation {
    static let sharedRepositories: [ManagementOperation] = []
}
