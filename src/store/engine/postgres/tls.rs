//! How the line to a server is encrypted, and who is trusted: `sslmode` and `sslrootcert` as psql knows them.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::engine::postgres::address::{invalid, variable};
use crate::store::error::StoreError;

/// How far encryption and trust go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Not encrypted.
    Disable,
    /// Encrypted where the server can; nobody is checked.
    Prefer,
    /// Encrypted; nobody is checked, unless a root certificate is there.
    Require,
    /// Encrypted; the certificate must be of an authority that is trusted.
    VerifyCa,
    /// The same, and it must be this host's.
    VerifyFull,
}

/// How the line is encrypted, and who is trusted.
#[derive(Debug, Clone)]
pub struct Tls {
    mode: Mode,
    /// The authorities' certificates; `system` for those of this machine.
    roots: Option<PathBuf>,
}

impl Tls {
    /// Reads `sslmode` and `sslrootcert`.
    ///
    /// # Errors
    /// Where the mode is not known.
    pub fn read(mode: Option<&str>, roots: Option<String>) -> Result<Self, StoreError> {
        let mode = match mode {
            Some("disable") => Mode::Disable,
            None | Some("prefer" | "allow") => Mode::Prefer,
            Some("require") => Mode::Require,
            Some("verify-ca") => Mode::VerifyCa,
            Some("verify-full") => Mode::VerifyFull,
            Some(other) => {
                return Err(invalid(format!(
                    "sslmode is disable, prefer, require, verify-ca or verify-full, not '{other}'"
                )));
            }
        };
        Ok(Self { mode, roots: roots.map(PathBuf::from) })
    }

    /// What the client asks the server for.
    pub const fn mode(&self) -> SslMode {
        match self.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        }
    }

    /// What makes the encrypted lines.
    ///
    /// # Errors
    /// Where the authorities' certificates cannot be read.
    pub fn connector(&self) -> Result<MakeRustlsConnect, StoreError> {
        let provider = Arc::new(ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match self.mode {
            Mode::Disable | Mode::Prefer => Arc::new(Lenient { provider: provider.clone(), known: None }),
            // a root certificate beside 'require' is meant to be heeded
            Mode::Require if self.roots.is_none() => {
                Arc::new(Lenient { provider: provider.clone(), known: None })
            }
            Mode::Require | Mode::VerifyCa => {
                let known = Some(self.strict(&provider)?);
                Arc::new(Lenient { provider: provider.clone(), known })
            }
            Mode::VerifyFull => self.strict(&provider)?,
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| invalid(e.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }

    fn strict(&self, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, StoreError> {
        let roots = Arc::new(self.roots()?);
        WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
            .build()
            .map_err(|e| invalid(format!("the authorities' certificates are of no use: {e}")))
    }

    fn roots(&self) -> Result<RootCertStore, StoreError> {
        let mut store = RootCertStore::empty();
        if self.roots.as_ref().is_some_and(|roots| roots.as_os_str() == "system") {
            for certificate in rustls_native_certs::load_native_certs().certs {
                // one that cannot be read vouches for nobody
                let _ = store.add(certificate);
            }
            return Ok(store);
        }
        let file = self
            .roots
            .clone()
            .or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".postgresql").join("root.crt")))
            .filter(|file| file.exists())
            .ok_or_else(|| {
                let named = self.roots.as_ref().map_or_else(
                    || "there is no ~/.postgresql/root.crt".to_owned(),
                    |file| format!("there is no '{}'", file.display()),
                );
                invalid(format!(
                    "{named}: name the authority's certificate with sslrootcert=FILE, or sslrootcert=system"
                ))
            })?;
        let unreadable =
            |e: &dyn std::fmt::Display| invalid(format!("'{}' cannot be read: {e}", file.display()));
        for certificate in CertificateDer::pem_file_iter(&file).map_err(|e| unreadable(&e))? {
            let certificate = certificate.map_err(|e| unreadable(&e))?;
            store.add(certificate).map_err(|e| unreadable(&e))?;
        }
        if store.is_empty() {
            return Err(invalid(format!("'{}' has no certificate in it", file.display())));
        }
        Ok(store)
    }
}

/// Trusts less strictly than an authority would: anybody, or a certificate of a known authority whatever host it names. Where it
/// trusts anybody the line cannot be read by others, but who is at its end is not known.
#[derive(Debug)]
struct Lenient {
    provider: Arc<CryptoProvider>,
    known: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(known) = &self.known else { return Ok(ServerCertVerified::assertion()) };
        match known.verify_server_cert(certificate, between, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
