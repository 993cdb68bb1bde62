extension ManagementOperation {
    static let accessories: [ManagementOperation] = []
}
