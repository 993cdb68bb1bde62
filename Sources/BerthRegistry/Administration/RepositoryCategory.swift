/// What kind of software an image holds, as its owner says.
package enum RepositoryCategory: String, Sendable, CaseIterable {
    case appServer = "app_server"
    case linux
    case frameworkApp = "framework_app"
    case database
    case lang
    case other
    case windows
    case arm
}
