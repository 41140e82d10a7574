//! `tomoshibi user add|link|list|disable`.

use clap::Subcommand;

use super::{Context, Exit, Failure, out, parse_code};
use crate::{
    domain::{access::Role, id::CaseNumber, municipality::MunicipalityCode, text::Text},
    in_tx,
    service::sign_in::{self, AccountRequest, Invited},
    text,
};

#[derive(Debug, Subcommand)]
pub(super) enum UserCall {
    /// Make an account and print its one-time sign-in link.
    Add {
        /// Mail address.
        #[arg(long)]
        email: String,
        /// Name.
        #[arg(long)]
        name: String,
        /// prefecture, centre, municipality, night_duty, coordinator, family,
        /// administrator or auditor.
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// For municipal staff: the municipality's code.
        #[arg(long, value_name = "CODE", value_parser = parse_code)]
        municipality: Option<MunicipalityCode>,
        /// For a family: the case number of its child.
        #[arg(long, value_name = "CASE", value_parser = parse_case)]
        case: Option<CaseNumber>,
        /// Machine output.
        #[arg(long)]
        json: bool,
    },
    /// Print a new one-time sign-in link for an account that is there already.
    Link {
        /// Mail address.
        #[arg(long)]
        email: String,
        /// Machine output.
        #[arg(long)]
        json: bool,
    },
    /// List all accounts.
    List {
        /// Machine output.
        #[arg(long)]
        json: bool,
    },
    /// Take an account out of use; its sessions end at once.
    Disable {
        /// Mail address.
        #[arg(long)]
        email: String,
    },
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::from_code(text).ok_or_else(|| format!("one of {}", Role::ALL.map(Role::code).join(", ")))
}

fn parse_case(text: &str) -> Result<CaseNumber, String> {
    CaseNumber::parse(text).map_err(|e| e.to_string())
}

pub(super) async fn run(context: &Context, call: UserCall) -> Result<Exit, Failure> {
    let app = match call {
        UserCall::Add { .. } => context.app().await?,
        _ => context.known_app().await?,
    };
    match call {
        UserCall::Add {
            email,
            name,
            role,
            municipality,
            case,
            json,
        } => {
            let request = AccountRequest {
                email,
                name,
                role,
                municipality,
                case,
            };
            let invited = sign_in::invite(&app, &request).await?;
            let Invited::Link(user, token) = invited else {
                return Err(Failure::Call(why_not(&invited)));
            };
            let link = link(context, token.reveal());
            if json {
                let answer = serde_json::json!({"id": user, "role": role, "link": link});
                out(&answer.to_string());
            } else {
                hand_out(context, &link);
            }
            Ok(Exit::Done)
        }
        UserCall::Link { email, json } => {
            let Some((user, token)) = sign_in::new_link(&app, &email).await? else {
                return Err(Failure::Call(NO_SUCH_ACCOUNT));
            };
            let link = link(context, token.reveal());
            if json {
                out(&serde_json::json!({"id": user, "link": link}).to_string());
            } else {
                hand_out(context, &link);
            }
            Ok(Exit::Done)
        }
        UserCall::List { json } => {
            let mut tx = app.store.read().await?;
            for account in tx.accounts().await? {
                let role = account.reader.role().map_or("operator", Role::code);
                let municipality = account.reader.municipality();
                if json {
                    let line = serde_json::json!({
                        "id": account.id, "email": account.email, "name": account.name,
                        "role": role, "municipality": municipality, "case": account.case,
                        "disabled": account.disabled,
                    });
                    out(&line.to_string());
                } else {
                    let place = municipality
                        .map(|m| m.name().to_owned())
                        .or(account.case.map(|number| number.to_string()))
                        .unwrap_or_default();
                    let off = if account.disabled { "×" } else { "" };
                    out(&format!(
                        "{}\t{role}\t{place}\t{}\t{off}",
                        account.email, account.name
                    ));
                }
            }
            Ok(Exit::Done)
        }
        UserCall::Disable { email } => {
            let (email, now) = (email.trim().to_lowercase(), app.clock.now());
            let done = in_tx!(app.store, |tx| tx.disable_account(&email, now).await)?;
            if done {
                Ok(Exit::Done)
            } else {
                Err(Failure::Call(NO_SUCH_ACCOUNT))
            }
        }
    }
}

const NO_SUCH_ACCOUNT: Text = Text::fixed(
    "使用中のアカウントにその宛先はありません（user list で確かめられます。×は停止中です。停止した人には、別の宛先で user add をしてください）。",
    "no account in use has this address (see user list; × is out of use: add somebody who was disabled anew, with another address)",
);

/// Prints a link, and what to do with it.
fn hand_out(context: &Context, link: &str) {
    out(link);
    let days = sign_in::LINK_DAYS;
    let words: Text = text!(
        "このリンクは{days}日以内に1回だけ使えます。本人にだけ渡してください。",
        "The link works once, within {days} days. Give it to nobody else."
    );
    eprintln!("{}", words.get(context.lang));
}

/// The link that a person opens.
pub(super) fn link(context: &Context, token: &str) -> String {
    let server = &context.config.server;
    let base = if server.public_url.is_empty() {
        format!("http://{}", server.listen)
    } else {
        server.public_url.trim_end_matches('/').to_owned()
    };
    format!("{base}/enter/{token}")
}

fn why_not(invited: &Invited) -> Text {
    match invited {
        Invited::Link(..) => unreachable!("a link is no refusal"),
        Invited::AddressTaken => Text::fixed(
            "その宛先のアカウントはもうあります。新しいリンクは user link --email で出せます。",
            "this address has an account already: user link --email prints a new link",
        ),
        Invited::NeedsMunicipality => Text::fixed(
            "市町村の職員には --municipality コード を付けてください。",
            "municipal staff need --municipality CODE",
        ),
        Invited::NotOfThisRole => Text::fixed(
            "--municipality は市町村の職員（--role municipality）だけ、--case はご家族（--role family）だけに付けます。",
            "--municipality is for municipal staff (--role municipality) only, --case for a family (--role family) only",
        ),
        Invited::NeedsCase => Text::fixed(
            "ご家族には --case 整理番号 を付けてください。",
            "a family needs --case CASE",
        ),
        Invited::NoSuchCase => Text::fixed(
            "その整理番号は登録されていません。先に import families で取り込んでください。",
            "there is no such case: import it first (import families)",
        ),
        Invited::BadAddress => Text::fixed(
            "メールアドレスの形になっていません。",
            "that is not a mail address",
        ),
    }
}
