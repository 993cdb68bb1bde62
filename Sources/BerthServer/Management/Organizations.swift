extension ManagementOperation {
    static let organizations: [ManagementOperation] = []
}
