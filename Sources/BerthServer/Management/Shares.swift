extension ManagementOperation {
    static let shares: [ManagementOperation] = []
}
