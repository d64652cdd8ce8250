//! Who asks: the one value from which every page and list decides what somebody may see and do.
//! Does not know: how they proved it.
use super::Right;

/// A position in force for an officer now, held or lent, with the rights it gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The position.
    pub position: String,
    /// Its unit.
    pub unit: String,
    /// Electronic identifier of its agency.
    pub agency: String,
    /// In the order of [`Right`], each once.
    pub rights: Vec<Right>,
}

impl Post {
    /// Whether this post gives the right.
    pub fn has(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody who has not signed in.
    Anonymous,
    /// A person or organisation.
    Citizen {
        /// Id in the table of people.
        person: String,
    },
    /// An officer with the posts in force at the moment of asking, delegations included.
    Officer {
        /// Id of the officer.
        officer: String,
        /// By position.
        posts: Vec<Post>,
    },
}

impl Viewer {
    /// The posts of an officer; none of anybody else.
    pub fn posts(&self) -> &[Post] {
        match self {
            Viewer::Officer { posts, .. } => posts,
            _ => &[],
        }
    }

    /// Whether they have the right in any agency.
    pub fn has(&self, right: Right) -> bool {
        self.posts().iter().any(|post| post.has(right))
    }

    /// The first post that gives the right in that agency: the office in which they act.
    pub fn post_in(&self, agency: &str, right: Right) -> Option<&Post> {
        self.posts()
            .iter()
            .find(|post| post.agency == agency && post.has(right))
    }

    /// The agencies in which they have the right, each once.
    pub fn agencies_with(&self, right: Right) -> Vec<&str> {
        let posts = self.posts().iter().filter(|post| post.has(right));
        let mut agencies: Vec<&str> = posts.map(|post| post.agency.as_str()).collect();
        agencies.sort_unstable();
        agencies.dedup();
        agencies
    }
}
