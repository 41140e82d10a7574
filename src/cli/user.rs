//! `tomoshibi user add|link|list|disable|enable`.

use clap::Subcommand;

use super::{Context, Exit, Failure, out, parse_code};
use crate::{
    app::App,
    domain::{access::Role, id::CaseNumber, municipality::MunicipalityCode, text::Text},
    service::sign_in::{self, AccountRequest, Invited, Link},
    store::Account,
    text,
};

#[derive(Debug, Subcommand)]
pub(super) enum UserCall {
    /// Make an account and print its one-time link, and the code that can be
    /// typed instead.
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
    /// Print a new one-time link and code for an account that is there already:
    /// staff choose a new password and authenticator with it.
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
    /// Authorise an account of a municipality's staff to open emergency access.
    AllowEmergency {
        /// Mail address.
        #[arg(long)]
        email: String,
        /// Take the authority back.
        #[arg(long)]
        not: bool,
    },
    /// Take an account out of use; its sessions end at once.
    Disable {
        /// Mail address.
        #[arg(long)]
        email: String,
    },
    /// Take an account into use again; `user link` then lets it in.
    Enable {
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
    let exit = answer(context, &app, call).await?;
    // What waits for its seal is what could be changed unseen.
    context.seal(&app).await?;
    Ok(exit)
}

async fn answer(context: &Context, app: &App, call: UserCall) -> Result<Exit, Failure> {
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
            let invited = sign_in::invite(app, &request).await?;
            let Invited::Link(user, handed) = invited else {
                return Err(Failure::Call(why_not(&invited)));
            };
            if json {
                let answer = serde_json::json!({
                    "id": user, "role": role, "link": link(context, &handed),
                    "code": handed.code.shown(),
                });
                out(&answer.to_string());
            } else {
                hand_out(context, &handed, role == Role::Family);
            }
            Ok(Exit::Done)
        }
        UserCall::Link { email, json } => {
            let Some((user, role, handed)) = sign_in::new_link(app, &email).await? else {
                return Err(Failure::Call(NO_SUCH_ACCOUNT));
            };
            if json {
                let answer = serde_json::json!({
                    "id": user, "link": link(context, &handed), "code": handed.code.shown(),
                });
                out(&answer.to_string());
            } else {
                hand_out(context, &handed, role == Role::Family);
            }
            Ok(Exit::Done)
        }
        UserCall::List { json } => {
            let mut tx = app.store.read().await?;
            for account in tx.accounts().await? {
                list(context, &account, json);
            }
            Ok(Exit::Done)
        }
        UserCall::AllowEmergency { email, not } => {
            let allowed = !not;
            match sign_in::allow_emergency(app, &email, allowed).await? {
                Some(_) => Ok(Exit::Done),
                None => Err(Failure::Call(NO_SUCH_MUNICIPAL_ACCOUNT)),
            }
        }
        UserCall::Disable { email } => {
            if sign_in::disable(app, &email).await? {
                Ok(Exit::Done)
            } else {
                Err(Failure::Call(NO_SUCH_ACCOUNT))
            }
        }
        UserCall::Enable { email } => {
            if sign_in::enable(app, &email).await? {
                Ok(Exit::Done)
            } else {
                Err(Failure::Call(NONE_DISABLED))
            }
        }
    }
}

/// Prints one line of the list of accounts.
fn list(context: &Context, account: &Account, json: bool) {
    let role = account.reader.role().map_or("operator", Role::code);
    let municipality = account.reader.municipality();
    if json {
        let line = serde_json::json!({
            "id": account.id, "email": account.email, "name": account.name,
            "role": role, "municipality": municipality, "case": account.case,
            "disabled": account.disabled, "second_factor": account.ready,
            "opens_emergency": account.opens_emergency,
        });
        out(&line.to_string());
    } else {
        let place = municipality
            .map(|m| m.name().to_owned())
            .or(account.case.as_ref().map(CaseNumber::to_string))
            .unwrap_or_default();
        let state = standing(account).get(context.lang).to_owned();
        let opens = if account.opens_emergency {
            "緊急"
        } else {
            ""
        };
        out(&format!(
            "{}\t{role}\t{place}\t{}\t{state}\t{opens}",
            account.email, account.name
        ));
    }
}

/// Where an account stands, in a word.
fn standing(account: &Account) -> Text {
    if account.disabled {
        Text::fixed("×停止中", "× out of use")
    } else if account.reader.role() == Some(Role::Family) {
        Text::fixed("リンク", "by link")
    } else if account.ready {
        Text::fixed("登録済み（2要素）", "ready, second factor")
    } else {
        Text::fixed("招待中", "invited")
    }
}

const NONE_DISABLED: Text = Text::fixed(
    "停止中のアカウントにその宛先はありません（user list で確かめられます）。",
    "no account out of use has this address (see user list)",
);

const NO_SUCH_ACCOUNT: Text = Text::fixed(
    "使用中のアカウントにその宛先はありません（user list で確かめられます。×は停止中です。停止した人は user enable で戻せます）。",
    "no account in use has this address (see user list; × is out of use: user enable takes it back)",
);

const NO_SUCH_MUNICIPAL_ACCOUNT: Text = Text::fixed(
    "使用中の市町村職員（municipality）のアカウントにその宛先はありません。緊急アクセスを開けるのは市町村の職員だけです（user list で確かめられます）。",
    "no account of municipal staff in use has this address: only they may open emergency access (see user list)",
);

/// Prints a link and the code that stands for it, and what to do with them.
fn hand_out(context: &Context, handed: &Link, family: bool) {
    out(&link(context, handed));
    out(&handed.code.shown());
    let days = if family {
        sign_in::LINK_DAYS_FAMILY
    } else {
        sign_in::LINK_DAYS
    };
    let page = format!("{}/code", context.config.server.address());
    let words: Text = if family {
        text!(
            "このリンクは{days}日間、ご家族のどの端末でも使えます。新しいリンクを出すと、前のものは使えなくなります。リンクを開けないときは {page} で2行目のコードを入力します。本人にだけ渡してください。",
            "The link works for {days} days on every device of the family, and ends when a new one is made. Where it cannot be opened, type the code of the second line at {page}. Give them to nobody else."
        )
    } else {
        text!(
            "この招待は{days}日以内に、パスワードと認証アプリの登録が終わるまで使えます。リンクを開けないときは {page} で2行目のコードを入力します。本人にだけ渡してください。",
            "The invitation holds for {days} days, until a password and an authenticator are set up. Where the link cannot be opened, type the code of the second line at {page}. Give them to nobody else."
        )
    };
    eprintln!("{}", words.get(context.lang));
}

/// The link that a person opens.
pub(super) fn link(context: &Context, handed: &Link) -> String {
    format!(
        "{}/enter/{}",
        context.config.server.address(),
        handed.token.reveal()
    )
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
        Invited::BadName => Text::fixed(
            "--name は1〜100文字で書いてください。",
            "give a --name of 1 to 100 characters",
        ),
        Invited::BadAddress => Text::fixed(
            "メールアドレスの形になっていません。",
            "that is not a mail address",
        ),
    }
}
