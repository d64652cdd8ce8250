//! Uploaded files, shown back to the one who sent them.
//! Does not know: which paper a file is for, how it is kept.
use axum::extract::Path;
use matters::files::{self, Asked};
use web::{Answer, Problem, QueryData};

use super::Opened;

pub(super) async fn show(
    Opened { ground, doing, .. }: Opened,
    Path((_, digest)): Path<(String, String)>,
    QueryData(query): QueryData,
) -> Answer {
    if !doing.draft.has_file(doing.form(), &digest) {
        return Err(Problem::NotFound);
    }
    let name = files::name_or(doing.draft.file_name(&digest), "", "");
    files::answer(&ground.files, &digest, &name, Asked::of(&query)).await
}
