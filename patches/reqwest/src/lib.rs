//! No HTTP client. The FEEL library sends calls of external Java functions to a server; an
//! expression of ours that names one is refused when it is read (`process::feel`). So its client,
//! with TLS and all, would be five megabytes that nothing reaches, or that only an attacker does.
//! What the library calls is here and answers that there is none.

/// The names that the library calls.
pub mod blocking {
    use std::fmt;

    /// Reaches nobody.
    #[derive(Debug, Default)]
    pub struct Client;

    /// A request that is never sent.
    #[derive(Debug)]
    pub struct RequestBuilder;

    /// An answer that never comes.
    #[derive(Debug)]
    pub enum Response {}

    /// Why.
    #[derive(Debug)]
    pub struct Error;

    impl fmt::Display for Error {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("external functions are not called from here")
        }
    }

    impl std::error::Error for Error {}

    impl Client {
        /// A client that reaches nobody.
        #[must_use]
        pub fn new() -> Self {
            Self
        }

        /// To nobody.
        #[must_use]
        pub fn post(&self, _url: &str) -> RequestBuilder {
            RequestBuilder
        }
    }

    impl RequestBuilder {
        /// With what, does not matter.
        #[must_use]
        pub fn json<T: ?Sized>(self, _body: &T) -> Self {
            self
        }

        /// Is refused.
        ///
        /// # Errors
        /// Always.
        pub fn send(self) -> Result<Response, Error> {
            Err(Error)
        }
    }

    impl Response {
        /// Of what never came.
        ///
        /// # Errors
        /// Never asked.
        pub fn json<T>(self) -> Result<T, Error> {
            match self {}
        }
    }
}
