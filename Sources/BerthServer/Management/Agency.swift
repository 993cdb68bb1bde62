extension ManagementOperation {
    static let agency: [ManagementOperation] = []
}
