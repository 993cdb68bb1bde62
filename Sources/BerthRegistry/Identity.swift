import BerthIdentity

/// What proves who somebody is: passwords, access keys and tokens.
package struct Identity: Sendable {
    package let passwords: PasswordHasher
    /// Passwords that were right a moment ago, so that docker's repeated sign-ins cost microseconds.
    package let passwordCache: PasswordCache
    /// Seals the secrets of access keys.
    package let secrets: SecretBox
    package let keys: TokenKeys
    package let tokens: TokenService
    /// Slows those who guess.
    package let throttle: SignInThrottle

    package init(
        passwords: PasswordHasher, passwordCache: PasswordCache, secrets: SecretBox, keys: TokenKeys,
        tokens: TokenService, throttle: SignInThrottle
    ) {
        self.passwords = passwords
        self.passwordCache = passwordCache
        self.secrets = secrets
        self.keys = keys
        self.tokens = tokens
        self.throttle = throttle
    }
}
