//! How long the hot functions take: `cargo bench -p dinh`. How many instructions and pieces of
//! memory they take, which noise cannot touch, is held by a test (`tests/it/hot.rs`).
//! Does not know: what they are.
mod doings;
mod office;

fn main() {
    divan::main();
}

#[divan::bench(args = doings::NAMES)]
fn hot(bencher: divan::Bencher<'_, '_>, name: &str) {
    bencher.bench_local(doings::ready(name));
}
