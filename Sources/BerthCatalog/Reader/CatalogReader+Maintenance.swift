import BerthDatabase

extension CatalogReader {
    /// How far a task is; `nil` when it was never begun.
    package func maintenance(_ task: MaintenanceTask) throws -> MaintenanceRecord? {
        try database.first("SELECT position, updated_at FROM maintenance WHERE task = ?", bind(task.rawValue))
            .map { row in
                MaintenanceRecord(
                    position: try row.text("maintenance", "position"),
                    updatedAt: try row.date("maintenance", "updated_at"))
            }
    }
}
