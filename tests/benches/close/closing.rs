//! The close of a day, as the clearinghouse does it, from its journal to statements on disk.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::time::Instant;

use huitong_clearinghouse::{Offline, Platform};
use huitong_netting::Member;

use crate::day::{FOLDER, day, regions};
use crate::figures::{Figures, highest_memory};
use crate::ground::Ground;

/// Opens, cuts off, nets, proves, and writes every member's statement.
pub(crate) async fn close(ground: &Ground) -> Figures {
    let (config, mut figures) = (ground.clearinghouse(FOLDER, &regions()), Figures::default());
    let members: BTreeSet<Member> = config.members().iter().map(|(_, member)| member).collect();
    let begun = Instant::now();
    let platform = Platform::machine(&config).unwrap();
    let clearing = Offline::open(platform, config).await.unwrap();
    figures.add("read and match", begun);
    let begun = Instant::now();
    clearing.cut_off(day()).await.unwrap();
    let plan = clearing.net(day()).await.unwrap();
    figures.add("net, prove, sign", begun);
    let begun = Instant::now();
    let mut bytes = 0;
    for member in members {
        let file = clearing.statement(day(), member).await.unwrap();
        bytes += file.len() as u64;
        let path = ground.place(&format!("{member}.htst"));
        let mut out = File::create(path).unwrap();
        out.write_all(&file).unwrap();
        out.sync_data().unwrap();
    }
    figures.add("statements", begun);
    figures.legs = plan.legs();
    figures.bytes = bytes;
    figures.memory = highest_memory();
    clearing.close();
    figures
}
