//! Applications written before the clock starts: copies of one that was filled page by page, put
//! into the table of drafts as its pages would have. What is measured then is handing in.
//! Does not know: how they are handed in.
use facts::agency::Viewer;
use facts::people::PersonalId;
use facts::people::views::claims;
use kernel::Database;
use matters::draft::{self, Draft};

use crate::settings::Settings;

/// Drafts put in with one transaction.
const AT_ONCE: usize = 500;

/// The server's database: the one of the settings.
///
/// # Errors
/// A sentence when it cannot be opened, or is not the server's.
pub async fn open(settings: &Settings) -> Result<Database, String> {
    let (url, how) = (&settings.database_url, &settings.database);
    let shown = crate::house::without_password(url);
    let db = Database::open(url, how).await.map_err(|error| {
        format!(
            "{shown}: {error}. Applications are prepared in the server's own database: name it \
             with DINH_DATABASE_URL, or play with --play pages."
        )
    })?;
    Ok(db)
}

/// Applications of one citizen to be prepared.
#[derive(Clone)]
pub struct Stock {
    /// The server's database.
    pub db: Database,
    /// The citizen.
    pub number: PersonalId,
    /// How many.
    pub count: usize,
}

impl Stock {
    /// Copies the application that is being written. Returns the ids.
    ///
    /// # Errors
    /// A sentence when there is none, or of the database.
    pub async fn copies(&self) -> Result<Vec<String>, String> {
        let template = self.template().await?;
        let mut ids = Vec::with_capacity(self.count);
        while ids.len() < self.count {
            let copy = |_| Draft {
                id: uuid::Uuid::now_v7().to_string(),
                ..template.clone()
            };
            let count = AT_ONCE.min(self.count - ids.len());
            let made: Vec<Draft> = (0..count).map(copy).collect();
            let written = self.db.write(made.iter().map(draft::put).collect()).await;
            written.map_err(|error| error.to_string())?;
            ids.extend(made.into_iter().map(|draft| draft.id));
        }
        Ok(ids)
    }

    async fn template(&self) -> Result<Draft, String> {
        let words = |error: kernel::Trouble| error.to_string();
        let accounts = claims(&self.db, self.number.as_str()).await;
        let person = accounts.map_err(words)?.into_iter().next();
        let person = person.ok_or("a citizen of this load is not registered")?.id;
        let owner = draft::owner(&Viewer::citizen(person)).unwrap_or_default();
        let drafts = draft::list(&self.db, &owner, crate::serve::now()).await;
        let newest = drafts.map_err(words)?.into_iter().next();
        newest.ok_or_else(|| "no draft to copy".to_owned())
    }
}
