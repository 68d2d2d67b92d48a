//! No import circles. In every folder the modules side by side form a graph: one points to another when
//! a file in or below it names something in or below the other. That graph must have no circle, so that
//! each module can be read after those it stands on. A module and its own children are one thing here.

use std::collections::{BTreeMap, BTreeSet};

use crate::names::{Named, names};
use crate::workspace::File;

type Module = Vec<String>;

/// One circle for each folder of the crate that has any.
pub(crate) fn faults(home: &str, files: &[&File]) -> Vec<String> {
    let read: Vec<(&File, Module, Vec<Named>)> = files
        .iter()
        .filter(|file| !file.is_test && !file.path.contains("/gen/"))
        .map(|file| (*file, module_of(home, &file.path), names(&file.text)))
        .collect();
    let tree = Tree::of(&read);
    let mut graphs: BTreeMap<Module, Graph> = BTreeMap::new();
    for (file, module, named) in &read {
        for name in named {
            let Some(target) = tree.target(module, name) else {
                continue;
            };
            let shared = module
                .iter()
                .zip(&target)
                .take_while(|(one, other)| one == other)
                .count();
            if let (Some(from), Some(to)) = (module.get(shared), target.get(shared)) {
                let place = format!("{}:{}", file.path, name.line);
                let graph = graphs.entry(module[..shared].to_vec()).or_default();
                graph
                    .edges
                    .entry(from.clone())
                    .or_default()
                    .entry(to.clone())
                    .or_insert(place);
            }
        }
    }
    graphs
        .values()
        .filter_map(Graph::circle)
        .map(|circle| format!("{home}: {circle}"))
        .collect()
}

/// `node/src/store/index.rs` is `store::index`; `lib.rs`, `main.rs` and `mod.rs` are their folder.
fn module_of(home: &str, path: &str) -> Module {
    let inside = path
        .strip_prefix(home)
        .and_then(|rest| rest.strip_prefix("/src/"))
        .unwrap();
    let mut module: Module = inside
        .strip_suffix(".rs")
        .unwrap()
        .split('/')
        .map(str::to_owned)
        .collect();
    let is_folder = module.last().is_some_and(|last| last == "mod");
    let is_root = module == ["lib"] || module == ["main"];
    if is_folder || is_root {
        module.pop();
    }
    module
}

/// The modules of a crate, and under which names each brings others in.
struct Tree {
    modules: BTreeSet<Module>,
    imports: BTreeMap<(Module, String), Vec<String>>,
}

impl Tree {
    fn of(read: &[(&File, Module, Vec<Named>)]) -> Self {
        let modules = read.iter().map(|(_, module, _)| module.clone()).collect();
        let mut imports = BTreeMap::new();
        for (_, module, named) in read {
            for name in named.iter().filter(|name| name.depth == 0) {
                if let Some(known_as) = &name.imported_as {
                    imports.insert((module.clone(), known_as.clone()), name.path.clone());
                }
            }
        }
        Self { modules, imports }
    }

    /// The module of this crate in which what is named here stands.
    fn target(&self, module: &Module, named: &Named) -> Option<Module> {
        let mut from = module.clone();
        from.extend(std::iter::repeat_n("{}".to_owned(), named.depth));
        self.locate(&self.absolute(&from, &named.path)?, 8)
    }

    /// A path from the crate's root; `None` for another crate's or a local one.
    fn absolute(&self, from: &Module, path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        if first == "crate" {
            return Some(rest.to_vec());
        }
        let mut base = from.clone();
        let mut rest = path;
        while let Some((word, more)) = rest.split_first() {
            match word.as_str() {
                "super" => drop(base.pop()),
                "self" => {}
                _ => break,
            }
            rest = more;
        }
        let is_relative = rest.len() < path.len();
        let child = [base.as_slice(), &path[..1]].concat();
        if !is_relative && !self.modules.contains(&child) {
            return None;
        }
        Some([base.as_slice(), rest].concat())
    }

    /// Walks down as far as there are modules, and through a module's imports where a name is one.
    fn locate(&self, path: &[String], hops: usize) -> Option<Module> {
        let mut here = Module::new();
        for (at, word) in path.iter().enumerate() {
            let child = [here.as_slice(), std::slice::from_ref(word)].concat();
            if self.modules.contains(&child) {
                here = child;
                continue;
            }
            let import = self.imports.get(&(here.clone(), word.clone()));
            let onward = import.and_then(|target| self.absolute(&here, target));
            return match onward {
                Some(target) if hops > 0 => {
                    self.locate(&[target.as_slice(), &path[at + 1..]].concat(), hops - 1)
                }
                Some(_) | None => Some(here),
            };
        }
        Some(here)
    }
}

/// Who names whom side by side, and where.
#[derive(Default)]
struct Graph {
    edges: BTreeMap<String, BTreeMap<String, String>>,
}

impl Graph {
    /// One circle, written with the places that make it.
    fn circle(&self) -> Option<String> {
        let mut finished = BTreeSet::new();
        self.edges
            .keys()
            .find_map(|start| self.walk(start, &mut Vec::new(), &mut finished))
    }

    fn walk<'a>(
        &'a self,
        here: &'a str,
        way: &mut Vec<&'a str>,
        finished: &mut BTreeSet<&'a str>,
    ) -> Option<String> {
        if finished.contains(here) {
            return None;
        }
        if let Some(begin) = way.iter().position(|module| *module == here) {
            let mut circle = way[begin..].to_vec();
            circle.push(here);
            let steps = circle.windows(2).map(|pair| {
                format!(
                    "{} names {} at {}",
                    pair[0], pair[1], self.edges[pair[0]][pair[1]]
                )
            });
            return Some(steps.collect::<Vec<_>>().join(", "));
        }
        way.push(here);
        let next = self.edges.get(here).into_iter().flat_map(BTreeMap::keys);
        let found = next
            .into_iter()
            .find_map(|module| self.walk(module, way, finished));
        way.pop();
        finished.insert(here);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let files: Vec<File> = files
            .iter()
            .map(|(path, text)| File::new(format!("x/src/{path}"), (*text).to_owned()))
            .collect();
        assert_eq!(faults("x", &files.iter().collect::<Vec<_>>()), expected);
    }

    #[test]
    fn two_modules_that_name_each_other_are_a_circle() {
        check(
            &[
                ("lib.rs", ""),
                ("a.rs", "use crate::b::B;"),
                ("b.rs", "\nfn f(x: crate::a::A) {}"),
            ],
            &["x: a names b at x/src/a.rs:1, b names a at x/src/b.rs:2"],
        );
    }

    #[test]
    fn a_circle_through_files_below_and_through_super_is_seen() {
        check(
            &[
                ("a/mod.rs", ""),
                ("a/deep.rs", "use super::super::b::B;"),
                ("b.rs", "use super::a;"),
            ],
            &["x: a names b at x/src/a/deep.rs:1, b names a at x/src/b.rs:1"],
        );
    }

    #[test]
    fn a_circle_inside_a_folder_is_seen() {
        check(
            &[
                ("s/mod.rs", ""),
                ("s/a.rs", "use super::b::B;"),
                ("s/b.rs", "use crate::s::a::A;"),
            ],
            &["x: a names b at x/src/s/a.rs:1, b names a at x/src/s/b.rs:1"],
        );
    }

    #[test]
    fn a_name_that_the_root_hands_on_is_traced_to_its_module() {
        check(
            &[
                ("lib.rs", "pub use b::B;"),
                ("a.rs", "use crate::B;"),
                ("b.rs", "use crate::a::A;"),
            ],
            &["x: a names b at x/src/a.rs:1, b names a at x/src/b.rs:1"],
        );
    }

    #[test]
    fn a_module_and_its_children_may_name_each_other() {
        check(
            &[
                ("a.rs", "mod c; use c::C;"),
                ("a/c.rs", "use super::A; use crate::a::B;"),
            ],
            &[],
        );
    }

    #[test]
    fn what_points_one_way_is_no_circle_nor_are_tests() {
        check(
            &[
                ("lib.rs", "mod a; mod b; mod c;"),
                ("a.rs", "use crate::b::B; use crate::c::C;"),
                ("b.rs", "use crate::c::C;"),
                (
                    "c.rs",
                    "#[cfg(test)] mod tests { use crate::a::A; } mod inner { use super::D; }",
                ),
            ],
            &[],
        );
    }
}
