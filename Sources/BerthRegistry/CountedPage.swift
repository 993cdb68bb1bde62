/// Part of a list, with how many there are in all.
package struct CountedPage<Element: Sendable>: Sendable {
    package let elements: [Element]
    /// The number of elements of the whole list.
    package let total: Int

    package init(elements: [Element], total: Int) {
        self.elements = elements
        self.total = total
    }
}
