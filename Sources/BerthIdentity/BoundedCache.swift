import Synchronization

/// A cache that forgets what has not been used for longest, roughly, and never holds more than its capacity.
///
/// Two generations of half the capacity: what is used moves to the young one; when that is full it becomes the old
/// one, and the old one is dropped. Every operation is O(1).
package final class BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Generations {
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]
    }

    private let generations = Mutex(Generations())
    private let half: Int

    package init(capacity: Int) {
        half = max(capacity / 2, 1)
    }

    package var count: Int { generations.withLock { $0.young.count + $0.old.count } }

    package func value(for key: Key) -> Value? {
        generations.withLock { generations in
            if let value = generations.young[key] { return value }
            guard let value = generations.old.removeValue(forKey: key) else { return nil }
            insert(value, for: key, into: &generations)
            return value
        }
    }

    package func insert(_ value: Value, for key: Key) {
        generations.withLock { generations in
            generations.old.removeValue(forKey: key)
            insert(value, for: key, into: &generations)
        }
    }

    /// Changes a value in place; no other change of it comes between.
    package func update<Result>(_ key: Key, default initial: Value, _ change: (inout Value) -> Result) -> Result {
        generations.withLock { generations in
            var value = generations.young[key] ?? generations.old.removeValue(forKey: key) ?? initial
            let result = change(&value)
            insert(value, for: key, into: &generations)
            return result
        }
    }

    package func remove(_ key: Key) {
        generations.withLock { generations in
            generations.young.removeValue(forKey: key)
            generations.old.removeValue(forKey: key)
        }
    }

    private func insert(_ value: Value, for key: Key, into generations: inout Generations) {
        if generations.young.count >= half, generations.young[key] == nil {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[key] = value
    }
}
