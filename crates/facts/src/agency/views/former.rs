//! Officers who hold no post any more.
use jiff::Timestamp;
use kernel::{Trouble, params};

use super::{Offices, day, officer};
use crate::agency::Officer;

impl Offices {
    /// Those who held a position of the agency and hold none anywhere now, by given name.
    pub async fn former_officers(
        &self,
        agency: &str,
        now: Timestamp,
    ) -> Result<Vec<Officer>, Trouble> {
        let sql = "SELECT id, name, email FROM officers o WHERE o.id IN (
                 SELECT a.officer FROM appointments a
                 JOIN positions p ON p.id = a.position JOIN units u ON u.id = p.unit
                 WHERE u.agency = ? AND a.valid_to <= ?)
             AND NOT EXISTS (SELECT 1 FROM appointments n WHERE n.officer = o.id
                 AND (n.valid_to IS NULL OR n.valid_to > ?))
             ORDER BY name_sort, id";
        let today = day(now);
        let rows = self.ask(sql, params![agency, &today, &today]).await?;
        Ok(rows.iter().map(officer).collect())
    }
}
