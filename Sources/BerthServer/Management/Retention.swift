extension ManagementOperation {
    static let retention: [ManagementOperation] = []
}
