//! What noise cannot touch: how many instructions the hot functions run and how many pieces of
//! memory they take. Whoever needs more than is written here fails; whoever needs much less writes
//! the smaller number. How long they take is `cargo bench -p dinh`.
use std::process::Command;

#[path = "../../benches/hot/doings.rs"]
mod doings;
#[path = "../../benches/hot/office.rs"]
mod office;

/// One function: its name, and the most that doing it once may take.
struct Bound {
    name: &'static str,
    /// Instructions in the profile of tests, counted by callgrind; `None` where laying out a paper
    /// under it would take minutes.
    instructions: Option<u64>,
    /// Pieces of memory.
    allocations: u64,
}

/// About 15 % over what was counted on 30/11/2026 with rustc 1.95.
const BOUNDS: [Bound; 7] = [
    bound("deadline", Some(1_100), 0),
    bound("deadline with its reasons", Some(14_000), 1),
    // A check also works out the rules over several answers, each a FEEL expression, and reads
    // names, numbers and telephones as every other door does (docs/performance.md).
    bound("form", Some(3_210_000), 570),
    bound("stream of 1,000 entries", Some(24_000_000), 5_800),
    bound("inbox page", Some(9_230_000), 1_710),
    bound("form 01 as PDF, first time", None, 19_200),
    bound("form 01 as PDF, again", Some(5_850_000), 210),
];
/// Names what a child of this test does.
const CHILD: &str = "DINH_HOT";
/// A function is done so often, after once unmeasured.
const TIMES: u64 = 3;

const fn bound(name: &'static str, instructions: Option<u64>, allocations: u64) -> Bound {
    Bound {
        name,
        instructions,
        allocations,
    }
}

#[test]
fn every_hot_function_has_its_bound() {
    assert_eq!(BOUNDS.map(|bound| bound.name), doings::NAMES);
}

#[test]
fn no_hot_function_takes_more_pieces_of_memory() {
    let mut faults = Vec::new();
    for bound in BOUNDS {
        let mut doing = doings::ready(bound.name);
        doing();
        let counted = allocation_counter::measure(doing).count_total;
        eprintln!("{counted} of {}: {}", bound.allocations, bound.name);
        if counted > bound.allocations {
            let (name, most) = (bound.name, bound.allocations);
            faults.push(format!(
                "{name}: {counted} pieces of memory, {most} allowed"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_hot_function_runs_more_instructions() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("NOT CHECKED: instructions of the hot functions; valgrind is not installed");
        return;
    }
    let counting = BOUNDS.into_iter().filter_map(|bound| {
        let most = bound.instructions?;
        let counted = std::thread::spawn(move || instructions(bound.name));
        Some((bound.name, most, counted))
    });
    let mut faults = Vec::new();
    for (name, most, counted) in counting.collect::<Vec<_>>() {
        let counted = counted.join().expect("counted");
        eprintln!("{counted} of {most}: {name}");
        if counted > most {
            faults.push(format!("{name}: {counted} instructions, {most} allowed"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Counted in a process of its own: this test again, which then is [`a_child_does_it`].
fn instructions(name: &str) -> u64 {
    let own = std::env::current_exe().expect("this test");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*done_under_valgrind*")
        .arg(own)
        .args(["hot::a_child_does_it", "--exact", "--test-threads=1"])
        .env(CHILD, name)
        .output()
        .expect("valgrind");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    let collected = said
        .lines()
        .find_map(|line| line.split("Collected :").nth(1));
    let collected = collected.and_then(|number| number.trim().parse::<u64>().ok());
    let collected = collected.filter(|number| *number > 0);
    collected.unwrap_or_else(|| panic!("{name}: nothing was counted: {said}")) / TIMES
}

#[test]
fn a_child_does_it() {
    let Ok(name) = std::env::var(CHILD) else {
        return;
    };
    let mut doing = doings::ready(&name);
    doing();
    for _ in 0..TIMES {
        done_under_valgrind(&mut doing);
    }
}

#[inline(never)]
fn done_under_valgrind(doing: &mut doings::Doing) {
    doing();
}
