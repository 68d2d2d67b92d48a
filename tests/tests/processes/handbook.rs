//! Every command of deploy/docs/policy-authors.md, in order, as it is typed, by the real executable, those of
//! `console node` at a real node with two officers' certificates.
//!
//! The folder holds what the handbook says: its documents, the certificates under its names, `deploy/`.
//! Two words of a line are replaced: the node's address, and `DIGEST` by the digest that `publish` or
//! `digest` printed last. People are treated meanwhile: one stay before all, one after each approval.

use std::collections::BTreeSet;
use std::path::Path;

use huitong_certs::Identity;
use huitong_proto::settlement::v1 as settlement;
use huitong_tests::bills::{inpatient, visit};
use huitong_tests::certificates::{approver, officer};
use huitong_tests::executable::{run_in, texts};
use huitong_tests::handbook::{Block, Exchange, exchanges, handbook, is_like, page, words};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{import, publish};
use huitong_tests::register::{CHENGDU, Desk, Item, MAANSHAN};
use huitong_tests::start;
use huitong_tests::world::{Party, World};

/// The document that holds before the handbook's officers publish another.
const IN_FORCE: &str = "now.toml";
/// The address that the handbook's lines are typed with.
const ENDPOINT: &str = "https://node.example:7443";
/// Commands that need a running node.
const AT_A_NODE: [&str; 7] = [
    "publish",
    "approve",
    "reject",
    "withdraw",
    "list",
    "differences",
    "replay",
];

/// Whoever reads along, with everything in one folder.
struct Reader {
    world: World,
    folder: tempfile::TempDir,
    hospital: Hospital,
    stays: u32,
    /// What `publish` or `digest` printed last.
    digest: Option<String>,
    /// The commands that were run, by name.
    run: Vec<String>,
}

impl Reader {
    /// A node with registers and the document in force, and someone treated under it.
    async fn begin() -> Self {
        let world = start::lay_out(&[&MAANSHAN, &CHENGDU]);
        world.run(Party::Clearinghouse).await;
        world.run(Party::Region(MAANSHAN.region())).await;
        import(&world, &MAANSHAN).await;
        let folder = tempfile::tempdir().unwrap();
        let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
        std::os::unix::fs::symlink(deploy, folder.path().join("deploy")).unwrap();
        let mut reader = Self {
            hospital: Hospital::of(&world, &MAANSHAN, Desk::Three),
            world,
            folder,
            stays: 0,
            digest: None,
            run: Vec::new(),
        };
        reader.lay_certificates(&officer(&MAANSHAN), "first");
        reader.lay_certificates(&approver(&MAANSHAN), "second");
        let in_force = format!("toml document {IN_FORCE}");
        let blocks = handbook();
        let block = blocks.iter().find(|block| block.info == in_force).unwrap();
        let path = reader.write(IN_FORCE, &block.text);
        publish(&reader.world, &MAANSHAN, &path).await;
        reader.treat("2024-05-06", "2024-05-16").await;
        reader
    }

    fn lay_certificates(&self, identity: &Identity, name: &str) {
        let from = self.world.credentials(identity);
        for (file, to) in [
            ("tls.crt", format!("{name}.crt")),
            ("tls.key", format!("{name}.key")),
            ("root.crt", "root.crt".to_owned()),
        ] {
            std::fs::copy(from.join(file), self.folder.path().join(to)).unwrap();
        }
    }

    /// Writes a file of the handbook; where it lies.
    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).unwrap();
        }
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Settles the stay of the next person: 20,000 yuan in scope.
    async fn treat(&mut self, admitted: &str, discharged: &str) {
        let number = format!("V{}", self.stays);
        let mut bill = inpatient(&MAANSHAN, self.stays, &number, &[(Item::Drug, 2_000_000)]);
        admitted.clone_into(&mut visit(&mut bill).admitted);
        discharged.clone_into(&mut visit(&mut bill).discharged);
        for line in &mut bill.lines {
            discharged.clone_into(&mut line.date);
        }
        let settled = self.hospital.settle(&format!("r-{number}"), bill).await;
        let settlement::Settlement { decision, .. } = settled.unwrap();
        assert!(decision.unwrap().fund_total_fen > 0);
        self.stays += 1;
    }

    /// Runs the commands of a block.
    async fn type_all(&mut self, block: &Block, exit: i32) {
        let is_at_a_node = block.info == "console node";
        for Exchange { typed, shown } in exchanges(block) {
            let place = format!("policy-authors.md:{}: {typed}", block.line);
            let words = words(&typed);
            assert_eq!(words[..2], ["huitong", "policy"], "{place}");
            let needs_one = AT_A_NODE.contains(&words[2].as_str());
            // A digest is read from a file on the way.
            assert!(
                needs_one == is_at_a_node || (is_at_a_node && words[2] == "digest"),
                "{place}: commands at a node stand in blocks of their own"
            );
            let args: Vec<String> = words.iter().skip(1).map(|word| self.meant(word)).collect();
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let output = run_in(self.folder.path(), &args).await;
            let (printed, said) = texts(&output);
            assert_eq!(output.status.code(), Some(exit), "{place}\n{said}{printed}");
            let all = format!("{said}{printed}");
            assert!(
                is_like(&all, &shown),
                "{place}\nexpected:\n{shown}\nprinted:\n{all}"
            );
            if ["publish", "digest"].contains(&words[2].as_str()) {
                let digest = printed.split_whitespace().find(|word| is_digest(word));
                self.digest = Some(digest.unwrap().to_owned());
            }
            if words[2] == "approve" && !typed.contains("--withdrawal") {
                self.treat("2024-07-06", "2024-07-16").await;
            }
            self.run.push(words[2].clone());
        }
    }

    /// A word of a line as it is meant here.
    fn meant(&self, word: &str) -> String {
        match word {
            ENDPOINT => self.world.endpoint(&MAANSHAN),
            "DIGEST" => self.digest.clone().unwrap(),
            _ => word.to_owned(),
        }
    }
}

fn is_digest(word: &str) -> bool {
    word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_handbook_prints_what_stands_below_it() {
    let mut reader = Reader::begin().await;
    for block in handbook() {
        match block.info.as_str() {
            "toml host" | "toml in a layer" | "toml in a document" => {}
            "console" | "console node" => reader.type_all(&block, 0).await,
            "console exits 1" => reader.type_all(&block, 1).await,
            other => {
                let kinds = ["document", "broken", "bill", "part"];
                let name = kinds
                    .iter()
                    .find_map(|kind| other.strip_prefix(&format!("toml {kind} ")));
                let name = name.unwrap_or_else(|| {
                    panic!("line {}: nobody reads a block of `{other}`", block.line)
                });
                reader.write(name, &block.text);
            }
        }
    }
    let page = page();
    let typed = page.lines().filter(|line| line.starts_with("$ ")).count();
    assert_eq!(reader.run.len(), typed, "every line that is typed was run");
    let run: BTreeSet<&str> = reader.run.iter().map(String::as_str).collect();
    let mentioned = page.split("huitong policy ").skip(1);
    for name in mentioned.filter_map(|rest| rest.split(|c: char| !c.is_alphabetic()).next()) {
        assert!(
            name.is_empty() || run.contains(name),
            "`{name}` is named and never run"
        );
    }
    assert!(AT_A_NODE.iter().all(|name| run.contains(name)), "{run:?}");
    reader.world.stop_all().await;
}
