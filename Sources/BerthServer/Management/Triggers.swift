extension ManagementOperation {
    static let triggers: [ManagementOperation] = []
}
