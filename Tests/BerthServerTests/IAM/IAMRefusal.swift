/// The body of a refusal of IAM.
struct IAMRefusal: Decodable, Equatable {
    struct Fault: Decodable, Equatable {
        let code: Int
        let message: String
        let title: String
    }

    let error: Fault
}
