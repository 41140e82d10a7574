//! What members of staff are told, one mail each.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    app::App,
    domain::{duty::MailKind, id::UserId, mail::MailAddress},
    print::mail::{Digest, DigestLine, to_staff},
    service::{
        ServiceError,
        reminders::letters::{To, post},
    },
    store::{Tx, UnsentNotice},
};

/// Writes one mail to each member of staff of whom reminders are planned.
pub(super) async fn digests(tx: &mut Tx, app: &App, on: NaiveDate) -> Result<u64, ServiceError> {
    let mut queued = 0;
    let mut by_account: BTreeMap<UserId, Vec<UnsentNotice>> = BTreeMap::new();
    for notice in tx.unsent_notices().await? {
        by_account.entry(notice.account).or_default().push(notice);
    }
    for (account, notices) in by_account {
        let email = notices.first().map_or("", |notice| &notice.email);
        let Ok(address) = MailAddress::recorded(email) else {
            continue;
        };
        let lines = notices.iter().map(|notice| {
            let what = (notice.kind, notice.stage);
            DigestLine::new(
                notice.number.clone(),
                what,
                (notice.due_on, on),
                notice.late,
            )
        });
        let text = to_staff(&Digest {
            lines: lines.collect(),
            link: Some(format!("{}/", app.config.server.address())),
        });
        let to = To {
            address: &address,
            kind: MailKind::Digest,
            case: None,
            contact: None,
            account: Some(account),
        };
        let ids: Vec<Uuid> = notices.iter().map(|notice| notice.id).collect();
        let dedup = format!("digest {}", ids[0]);
        if let Some(mail) = post(tx, app, to, (&text, &dedup)).await? {
            tx.put_into_mail(&ids, mail).await?;
            queued += 1;
        }
    }
    tracing::debug!(day = %on, digests = queued, "digests planned");
    Ok(queued)
}
