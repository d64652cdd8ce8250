//! The pages that promise: docs/requirements.md (what is asked and what shows that it works) and
//! docs/architecture-map.md. What they name must exist.
//! Does not know: whether a promise is kept; the tests that the pages name hold that.
use std::collections::BTreeMap;

use super::tidy::{File, files, none, root, rust};

/// Lines of each group of requirements: how many were read out of each source.
const GROUPS: [(&str, usize); 5] = [("S0", 22), ("S1", 28), ("S2", 54), ("S3", 26), ("S4", 53)];
/// The states that a line may have.
const STATES: [&str; 3] = ["works", "partly", "not yet"];
/// Floors whose rooms must stand on the map; each of their folders with a door is a room.
const FLOORS: [&str; 5] = ["facts", "matters", "work", "outside", "windows"];
/// Crates below the floors.
const FOUNDATIONS: [&str; 6] = ["kernel", "process", "print", "courier", "text", "web"];

/// The cells of each line of a table in `page` whose first cell `wanted` takes.
fn rows(page: &str, wanted: impl Fn(&str) -> bool) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join(page)).expect("the page");
    text.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").map(str::to_owned).collect::<Vec<_>>())
        .filter(|cells| wanted(&cells[0]))
        .collect()
}

/// Everything in backquotes.
fn named(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Whether what a line names is here: a page, a command, a file or a test.
fn exists(name: &str, code: &[File], main: &str) -> bool {
    if name.starts_with('/') {
        let address = format!("\"{name}\"");
        return code
            .iter()
            .any(|file| !file.is_test() && file.text.contains(&address));
    }
    if let Some(command) = name.strip_prefix("dinh ") {
        let mut letters = command.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let variant: String = first.into_iter().chain(letters).collect();
        return ["(", ",", " {"]
            .iter()
            .any(|after| main.contains(&format!("\n    {variant}{after}")));
    }
    if name.contains(['/', '.']) || name == "LICENSE" {
        return root().join(name).exists();
    }
    let test = format!("fn {name}(");
    code.iter().any(|file| file.text.contains(&test))
}

#[test]
fn every_requirement_has_its_line_and_what_shows_it() {
    let code = rust();
    let main = std::fs::read_to_string(root().join("crates/dinh/src/main.rs")).expect("main");
    let lines = rows("docs/requirements.md", |first| {
        first.starts_with('S') && first.contains('-')
    });
    let wanted: Vec<String> = GROUPS
        .iter()
        .flat_map(|(group, count)| (1..=*count).map(move |number| format!("{group}-{number:02}")))
        .collect();
    let found: Vec<&String> = lines.iter().map(|cells| &cells[0]).collect();
    assert_eq!(
        found,
        wanted.iter().collect::<Vec<_>>(),
        "each once, in order"
    );
    let mut faults = Vec::new();
    let mut asked: BTreeMap<&str, &str> = BTreeMap::new();
    for cells in &lines {
        let [id, asks, state, shown] = &cells[..] else {
            faults.push(format!("{}: four cells are wanted", cells[0]));
            continue;
        };
        if let Some(other) = asked.insert(asks, id) {
            faults.push(format!("{id} asks the same as {other}"));
        }
        if !STATES.contains(&state.as_str()) {
            faults.push(format!("{id}: {state:?} is no state"));
        }
        if state != "not yet" && named(shown).is_empty() {
            faults.push(format!("{id}: {state}, and nothing shows it"));
        }
        if state == "partly" && !shown.contains([';', ',']) && named(shown).len() < 2 {
            faults.push(format!("{id}: partly, and what lacks is not said"));
        }
        for name in named(shown) {
            if !exists(name, &code, &main) {
                faults.push(format!("{id}: {name} is not here"));
            }
        }
    }
    none(faults);
}

#[test]
fn every_room_stands_on_the_map() {
    let lines = rows("docs/architecture-map.md", |first| first.starts_with('`'));
    let on_map: Vec<&str> = lines.iter().flat_map(|cells| named(&cells[0])).collect();
    let mut rooms: Vec<String> = FOUNDATIONS.iter().map(|name| (*name).to_owned()).collect();
    for floor in FLOORS {
        let door = format!("crates/{floor}/src/");
        rooms.extend(files(&door, "/mod.rs").into_iter().filter_map(|file| {
            let room = file.path.strip_prefix(&door)?.strip_suffix("/mod.rs")?;
            (!room.contains('/')).then(|| format!("{floor}/{room}"))
        }));
    }
    let mut faults: Vec<String> = rooms
        .iter()
        .filter(|room| !on_map.contains(&room.as_str()))
        .map(|room| format!("{room} is not on the map"))
        .collect();
    let gone = on_map
        .iter()
        .filter(|name| !rooms.iter().any(|room| room == *name));
    faults.extend(gone.map(|name| format!("{name} is on the map and not here")));
    for cells in &lines {
        let layers = cells[2].split(", ").all(|layer| {
            layer
                .parse::<u8>()
                .is_ok_and(|layer| (1..=4).contains(&layer))
        });
        if !layers || cells.len() != 4 {
            faults.push(format!("{}: which layer, which family?", cells[0]));
        }
    }
    none(faults);
}
