//! The configuration files of the demo's servers, as a bureau or the operator would write them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use huitong_certs::Identity;
use huitong_core::region::RegionCode;

use super::{Place, World};

impl World {
    /// Writes the clearinghouse's file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_clearinghouse_configuration(&self) -> anyhow::Result<PathBuf> {
        let folder = self.clearinghouse_folder();
        let party = self.credentials(&Identity::Clearinghouse);
        let mut text = format!("listen = \"{}\"\n", self.clearinghouse());
        line(&mut text, "data", &folder.join("data"));
        text.push_str("\n[tls]\n");
        line(&mut text, "chain", &party.join("tls.crt"));
        line(&mut text, "key", &party.join("tls.key"));
        line(&mut text, "roots", &party.join("root.crt"));
        text.push_str("\n[signing]\n");
        line(&mut text, "key", &party.join("signing.key"));
        line(&mut text, "certificate", &party.join("signing.crt"));
        // The demo's officer cuts off by hand.
        text.push_str("\n[cut_off]\nautomatic = \"never\"\n");
        for place in self.places() {
            let _ = write!(text, "\n[[region]]\ncode = \"{}\"\n", place.code);
        }
        write(folder.join("clearinghouse.toml"), &text)
    }

    /// Writes a node's file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_node_configuration(&self, place: &Place) -> anyhow::Result<PathBuf> {
        let folder = self.region_folder(place.code);
        let party = self.credentials(&Identity::RegionNode(place.code));
        let mut text = format!("region = \"{}\"\nlisten = \"{}\"\n", place.code, place.node);
        line(&mut text, "data", &folder.join("data"));
        text.push_str("\n[tls]\n");
        line(&mut text, "chain", &party.join("tls.crt"));
        line(&mut text, "key", &party.join("tls.key"));
        line(&mut text, "roots", &party.join("root.crt"));
        text.push_str("\n[signing]\n");
        line(&mut text, "key", &party.join("signing.key"));
        line(&mut text, "certificate", &party.join("signing.crt"));
        let _ = write!(
            text,
            "\n[clearinghouse]\nendpoint = \"https://{}\"\n",
            self.clearinghouse()
        );
        text.push_str("\n[timing]\nreport_every_ms = 200\n");
        for other in self
            .places()
            .iter()
            .filter(|other| other.code != place.code)
        {
            let _ = write!(
                text,
                "\n[[directory]]\nregion = \"{}\"\nendpoint = \"https://{}\"\n",
                other.code, other.node
            );
            line(
                &mut text,
                "signing_certificate",
                &self.signing_certificate(other.code),
            );
        }
        write(folder.join("node.toml"), &text)
    }

    fn signing_certificate(&self, region: RegionCode) -> PathBuf {
        self.credentials(&Identity::RegionNode(region))
            .join("signing.crt")
    }
}

/// One key with a path; `{:?}` quotes as TOML does.
fn line(text: &mut String, key: &str, path: &Path) {
    let _ = writeln!(text, "{key} = {:?}", path.display().to_string());
}

fn write(path: PathBuf, text: &str) -> anyhow::Result<PathBuf> {
    std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}
