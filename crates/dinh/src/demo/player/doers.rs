//! Who of an office does what a dossier needs: looked for once for each right and procedure.
//! Does not know: what they do.
use facts::agency::{Post, Right, Viewer};
use jiff::Timestamp;
use matters::dossier::Dossier;

use super::{Doer, Player, words};

impl Player<'_> {
    /// Whoever holds `right` in the competent agency for this dossier.
    ///
    /// # Errors
    /// When nobody does.
    pub async fn doer(
        &mut self,
        dossier: &Dossier,
        right: Right,
        now: Timestamp,
    ) -> Result<Doer, String> {
        let agency = dossier.agency.as_str();
        self.officer((agency, right), &dossier.procedure.code, now)
            .await
    }

    /// Whoever holds `right` in `agency` for dossiers of the procedure.
    ///
    /// # Errors
    /// When nobody does.
    pub async fn officer(
        &mut self,
        (agency, right): (&str, Right),
        procedure: &str,
        now: Timestamp,
    ) -> Result<Doer, String> {
        let key = (agency.to_owned(), right, procedure.to_owned());
        if !self.holders.contains_key(&key) {
            let found = self.find((agency, right), procedure, now).await?;
            self.holders.insert(key.clone(), found);
        }
        let (actor, viewer) = self.holders[&key].clone();
        Ok(Doer {
            actor,
            office: agency.to_owned(),
            viewer,
        })
    }

    async fn find(
        &self,
        (agency, right): (&str, Right),
        procedure: &str,
        now: Timestamp,
    ) -> Result<(String, Viewer), String> {
        let offices = &self.ground.offices;
        for officer in offices.officers(agency, now).await.map_err(words)? {
            let viewer = offices.viewer(&officer.id, now).await.map_err(words)?;
            let does = |post: &Post| post.agency == agency && post.handles(right, procedure);
            if viewer.posts().iter().any(does) {
                return Ok((officer.id, viewer));
            }
        }
        Err(format!("nobody holds {} in {agency}", right.as_str()))
    }
}
