extension ManagementOperation {
    static let overview: [ManagementOperation] = []
}
