//! The files that servers start from, as a bureau or the operator would write them.

use std::fmt::Write as _;

use huitong_certs::Identity;

use crate::register::Region;
use crate::world::World;

/// A node's file.
#[must_use]
pub fn node(world: &World, region: &Region) -> String {
    let speaking = world.credentials(&Identity::RegionNode(region.region()));
    let file = |name: &str| speaking.join(name).display().to_string();
    let mut text = format!(
        r#"region = "{code}"
listen = "{listen}"
data = "data"

[tls]
chain = "{chain}"
key = "{key}"
roots = "{roots}"

[signing]
certificate = "{signing}"
key = "{signing_key}"

[clearinghouse]
endpoint = "{clearinghouse}"

# A killed peer is missed sooner than in life, and legs are reported sooner.
[timing]
ask_ms = 3000
commit_ms = 3000
resolve_every_ms = 500
report_every_ms = 100

[telemetry]
filter = "warn"
"#,
        code = region.code,
        listen = world.address(region),
        chain = file("tls.crt"),
        key = file("tls.key"),
        roots = file("root.crt"),
        signing = file("signing.crt"),
        signing_key = file("signing.key"),
        clearinghouse = world.clearinghouse_endpoint(),
    );
    for (other, address) in world
        .regions()
        .iter()
        .filter(|(other, _)| other.code != region.code)
    {
        let signing = world
            .credentials(&Identity::RegionNode(other.region()))
            .join("signing.crt");
        write!(
            text,
            "\n[[directory]]\nregion = \"{}\"\nendpoint = \"https://{address}\"\nsigning_certificate = \"{}\"\n",
            other.code,
            signing.display(),
        )
        .unwrap();
    }
    text
}

/// The clearinghouse's file: each region is its own member, and only an officer cuts a day off.
#[must_use]
pub fn clearinghouse(world: &World) -> String {
    let speaking = world.credentials(&Identity::Clearinghouse);
    let file = |name: &str| speaking.join(name).display().to_string();
    let mut text = format!(
        r#"listen = "{listen}"
data = "data"

[tls]
chain = "{chain}"
key = "{key}"
roots = "{roots}"

[signing]
certificate = "{signing}"
key = "{signing_key}"

[cut_off]
automatic = "never"

[attestation]
wait_minutes = 0
"#,
        listen = world.clearinghouse(),
        chain = file("tls.crt"),
        key = file("tls.key"),
        roots = file("root.crt"),
        signing = file("signing.crt"),
        signing_key = file("signing.key"),
    );
    for (region, _) in world.regions() {
        write!(text, "\n[[region]]\ncode = \"{}\"\n", region.code).unwrap();
    }
    text
}
