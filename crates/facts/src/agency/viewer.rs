//! Who asks: the one value from which every page and list decides what somebody may see and do.
//! Does not know: how they proved it.
use super::{Reach, Right};

/// A position in force for an officer now, held or lent, with the rights it gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    /// The position.
    pub position: String,
    /// Its unit.
    pub unit: String,
    /// Electronic identifier of its agency.
    pub agency: String,
    /// In the order of [`Right`], each once.
    pub rights: Vec<Right>,
    /// The rights that reach some procedures only; any other reaches all.
    pub reaches: Vec<(Right, Reach)>,
    /// Vacant positions of its agency that share a right: whoever has this post stands in for them,
    /// with no more rights than its own.
    pub stands_in: Vec<String>,
}

impl Post {
    /// Whether this post gives the right.
    pub fn has(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// The procedures that a right of this post reaches; `None` when it does not have the right.
    pub fn reach(&self, right: Right) -> Option<&Reach> {
        let named = self.reaches.iter().find(|(of, _)| *of == right);
        let reach = named.map_or(&Reach::All, |(_, reach)| reach);
        self.has(right).then_some(reach)
    }

    /// Whether this post gives the right for dossiers of the procedure.
    pub fn handles(&self, right: Right, procedure: &str) -> bool {
        self.reach(right).is_some_and(|reach| reach.has(procedure))
    }

    /// Whether work of this position is also this post's: it is the same, or vacant.
    pub fn covers(&self, position: &str) -> bool {
        self.position == position || self.stands_in.iter().any(|vacant| vacant == position)
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody who has not signed in.
    Anonymous,
    /// A person or organisation, as their account says.
    Citizen {
        /// Id in the table of people.
        person: String,
        /// The person on file whom the office confirmed them to be; empty as long as nobody has
        /// compared the account with the card.
        confirmed_as: Option<String>,
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
    /// The id of an officer; of nobody else.
    pub fn officer(&self) -> Option<&str> {
        match self {
            Viewer::Officer { officer, .. } => Some(officer),
            _ => None,
        }
    }

    /// Somebody who has an account that nobody has confirmed, or a person of whom this is asked
    /// directly.
    pub fn citizen(person: impl Into<String>) -> Viewer {
        Viewer::Citizen {
            person: person.into(),
            confirmed_as: None,
        }
    }

    /// The ids in the table of people under which dossiers are theirs: what they filed with their
    /// account, and all that is on file of the person whom the office confirmed them to be.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        let (own, on_file) = match self {
            Viewer::Citizen {
                person,
                confirmed_as,
            } => (Some(person.as_str()), confirmed_as.as_deref()),
            _ => (None, None),
        };
        let all = own.into_iter().chain(on_file.filter(|id| own != Some(*id)));
        all.filter(|id| !id.is_empty())
    }

    /// Whether an id in the table of people is theirs.
    pub fn is(&self, person: &str) -> bool {
        !person.is_empty() && self.people().any(|own| own == person)
    }

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
