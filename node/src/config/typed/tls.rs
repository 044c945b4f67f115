//! What the interface speaks TLS with.

use super::super::TlsSettings;
use super::Typed;

const CERTIFICATE: &str = "tls.certificate";
const KEY: &str = "tls.key";
const CLIENTS: &str = "tls.clients";

impl Typed<'_> {
    /// The certificate and its key, if there are any; nothing if what says so is wrong.
    pub(super) fn tls(&mut self) -> Option<Option<TlsSettings>> {
        let [certificate, clients] = [CERTIFICATE, CLIENTS].map(|path| self.optional(path, Typed::path));
        let key = self.optional(KEY, Typed::secret);
        let (certificate, key, clients) = (certificate?, key?, clients?);
        match (certificate, key) {
            (Some(certificate), Some(key)) => Some(Some(TlsSettings { certificate, key, clients })),
            (None, None) if clients.is_none() => Some(None),
            (certificate, _) => {
                let (there, missing) = match (certificate, clients) {
                    (Some(_), _) => (CERTIFICATE, KEY),
                    (None, Some(_)) => (CLIENTS, CERTIFICATE),
                    (None, None) => (KEY, CERTIFICATE),
                };
                let what = format!("expected `{missing}` beside it, got it alone");
                let help = "name the certificate and its key, or take the section out";
                self.mistakes.add(self.values.place(there), what, help);
                None
            }
        }
    }
}
