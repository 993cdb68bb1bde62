import BerthDatabase
import Foundation

extension CatalogWriter {
    /// Notes how far a task is.
    package func recordMaintenance(_ task: MaintenanceTask, position: String = "", now: Date) throws {
        try database.execute(
            """
            INSERT INTO maintenance (task, position, updated_at) VALUES (?, ?, ?)
            ON CONFLICT (task) DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at
            """, bind(task.rawValue, position, now))
    }
}
