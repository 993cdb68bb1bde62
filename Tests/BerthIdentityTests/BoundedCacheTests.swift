import Testing

@testable import BerthIdentity

@Suite struct BoundedCacheTests {
    @Test("what is used stays, what is not goes, and the bound holds")
    func recency() {
        let cache = BoundedCache<Int, Int>(capacity: 10)
        for index in 0..<1000 {
            cache.insert(index, for: index)
            if index > 0 { #expect(cache.value(for: 0) == 0) }
            #expect(cache.count <= 10)
        }
        #expect(cache.value(for: 999) == 999 && cache.value(for: 500) == nil)
        cache.remove(0)
        #expect(cache.value(for: 0) == nil)
    }

    @Test("a second insertion replaces the first, whichever generation that is in")
    func replacement() {
        let cache = BoundedCache<Int, String>(capacity: 4)
        cache.insert("a", for: 1)
        for index in 2..<4 { cache.insert("x", for: index) }
        cache.insert("b", for: 1)
        #expect(cache.value(for: 1) == "b")
        #expect(cache.count == 3)
    }
}
