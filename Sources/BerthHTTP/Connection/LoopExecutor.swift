import NIOCore

/// Runs the tasks of a connection on the event loop of the connection, so that a request needs no other thread until it
/// has to wait for a disk.
///
/// What runs here must not block: reading, hashing of blobs, queries and passwords have threads of their own.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
