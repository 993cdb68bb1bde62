import BerthRegistry
import ServiceLifecycle

/// What a server does without being asked.
enum BackgroundWork {
    static func services(for registry: Registry) -> [any Service] {
        [UploadSweeper(registry: registry), UsageRecorder(registry: registry)]
    }
}
