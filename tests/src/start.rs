//! A world from nothing: laid out, started, filled.

use crate::configuration;
use crate::officer;
use crate::register::Region;
use crate::world::{Party, World};

/// Lays a world out: certificates and configurations; nothing runs yet.
#[must_use]
pub fn lay_out(regions: &[&'static Region]) -> World {
    let world = World::found(regions);
    let write = |folder: std::path::PathBuf, text: String| {
        std::fs::create_dir_all(folder.join("data")).unwrap();
        std::fs::write(folder.join("config.toml"), text).unwrap();
    };
    for (region, _) in world.regions() {
        write(
            world.region_folder(region),
            configuration::node(&world, region),
        );
    }
    write(
        world.clearinghouse_folder(),
        configuration::clearinghouse(&world),
    );
    world
}

/// Lays a world out, starts it, and has its officers bring their files in.
pub async fn start(regions: &[&'static Region]) -> World {
    let world = lay_out(regions);
    world.run(Party::Clearinghouse).await;
    for (region, _) in world.regions() {
        world.run(Party::Region(region.region())).await;
        officer::fill(&world, region).await;
    }
    world
}
