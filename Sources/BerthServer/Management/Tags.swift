extension ManagementOperation {
    static let tags: [ManagementOperation] = []
}
