//! Who takes part in a story: a name and a role become a viewer.
//! Does not know: what they do.

use facts::agency::{Post, Right, Viewer};

/// The competent agency of every story.
pub(super) const AGENCY: &str = "H15.101";
/// The agency that is consulted unless the story names another.
pub(super) const CONSULTED: &str = "H15.200";

/// `citizen`, `intake`, `intake@H15.102`, `appraise+endorse`, `appraise/Minh`: in the position of
/// Minh, whose successor or substitute this is.
pub(super) fn viewer(name: &str, role: &str) -> Result<Viewer, String> {
    if role == "citizen" {
        return Ok(Viewer::citizen(name));
    }
    if role == "anonymous" {
        return Ok(Viewer::Anonymous);
    }
    let (role, position) = role.split_once('/').unwrap_or((role, name));
    let (rights, agency) = role.split_once('@').unwrap_or((role, AGENCY));
    let rights: Result<Vec<Right>, _> = rights.split('+').map(str::parse).collect();
    let rights = rights.map_err(|_| format!("{role} is no role"))?;
    let mut viewer = officer(name, agency, rights);
    if let Viewer::Officer { posts, .. } = &mut viewer {
        for post in posts {
            post.position = format!("{agency}/office/{position}");
        }
    }
    Ok(viewer)
}

/// An officer with these rights in that agency.
pub(super) fn officer(name: &str, agency: &str, rights: Vec<Right>) -> Viewer {
    let post = Post {
        position: format!("{agency}/office/{name}"),
        unit: format!("{agency}/office"),
        agency: agency.to_owned(),
        rights,
        ..Post::default()
    };
    Viewer::Officer {
        officer: name.to_owned(),
        posts: vec![post],
    }
}
