extension ManagementOperation {
    static let temporaryLogins: [ManagementOperation] = []
}
