//! The data of the papers that the counter prints by itself: forms 02 and 03 for an intake that is
//! no dossier yet, and the receipt for money. Pure.
//! Does not know: layout and PDF, the letters of a dossier (they come from its entries).

use facts::procedure::{Procedure, RequiredPaper};
use jiff::Timestamp;
use kernel::Json;
use matters::dossier::{Dossier, Receipt};
use serde_json::json;

use super::entered::Entered;
use super::sheet::Sheet;

/// Who issues the paper, and when.
pub(super) struct Issuer {
    /// The agency above; empty for none.
    pub superior: String,
    /// The agency at whose counter it happens.
    pub name: String,
    /// Name of its place, before the date.
    pub place: String,
    /// The officer.
    pub officer: String,
    /// When.
    pub now: Timestamp,
}

impl Issuer {
    fn frame(&self) -> Json {
        json!({
            "agency": { "superior": self.superior, "name": self.name, "place": self.place },
            "date": web::show::local_date(self.now).to_string(),
            "officer": { "name": self.officer },
        })
    }
}

/// Form 02: what must be brought before the dossier can be received.
pub(super) fn supplement(
    issuer: &Issuer,
    sheet: &Sheet,
    procedure: &Procedure,
    missing: &[&RequiredPaper],
) -> Json {
    let mut data = issuer.frame();
    let items: Vec<&str> = missing.iter().map(|paper| paper.name.vi.as_str()).collect();
    data["applicant"] = person(&sheet.applicant);
    data["procedure"] = procedure_of(procedure);
    data["items"] = items.into();
    data["reason"] =
        "Thành phần hồ sơ chưa đầy đủ theo quy định của thủ tục; hồ sơ chưa được tiếp nhận. \
        Khi mang đủ, người nộp không phải khai lại những nội dung đã khai."
            .into();
    data["contact"] = json!({ "name": issuer.officer });
    data["electronic_note"] = Json::Null;
    data
}

/// Form 03: why it is not received.
pub(super) fn refusal(issuer: &Issuer, sheet: &Sheet, procedure: &Procedure) -> Json {
    let mut data = issuer.frame();
    let basis: Vec<&str> = sheet
        .refusal_basis
        .lines()
        .filter(|line| !line.is_empty())
        .collect();
    data["applicant"] = person(&sheet.applicant);
    data["procedure"] = procedure_of(procedure);
    data["reason"] = sheet.refusal_text.clone().into();
    data["legal_basis"] = basis.into();
    data["electronic_note"] = Json::Null;
    data
}

/// What the receipt says beside the money.
pub(super) struct Payer {
    /// Name; the list's, for a cashier who may not read the dossier.
    pub name: String,
    /// Personal number; may be empty.
    pub personal_id: String,
    /// Address; may be empty.
    pub address: String,
}

/// Biên lai of a dossier that was paid, or the slip of what was paid back.
pub(super) fn receipt(
    issuer: &Issuer,
    payer: &Payer,
    (dossier, receipt): (&Dossier, &Receipt),
    procedure: &Procedure,
) -> Json {
    let mut data = issuer.frame();
    let paid = matters::dossier::letters::receipt(receipt, procedure);
    if let (Some(data), Json::Object(paid)) = (data.as_object_mut(), paid) {
        data.extend(paid);
    }
    data["date"] = web::show::local_date(receipt.at).to_string().into();
    data["dossier_code"] = dossier.code.to_string().into();
    data["payer"] =
        json!({ "name": payer.name, "personal_id": payer.personal_id, "address": payer.address });
    data["procedure"] = procedure_of(procedure);
    data
}

fn person(entered: &Entered) -> Json {
    json!({
        "name": entered.name,
        "personal_id": entered.number,
        "address": entered.address,
        "phone": entered.phone,
        "email": entered.email,
    })
}

fn procedure_of(procedure: &Procedure) -> Json {
    json!({ "name": procedure.name.vi, "code": procedure.key.code })
}
