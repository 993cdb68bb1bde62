extension ManagementOperation {
    static let synchronization: [ManagementOperation] = []
}
