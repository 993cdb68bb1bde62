/// What a share lets its receiver do. There is one kind: pull.
package enum SharePermission: String, Hashable, Sendable {
    case pull
}
