//! What a thief has of a stolen database, and of a stolen log.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

use sqlx::Row as _;
use tomoshibi::{
    domain::access::Role,
    seal::hex,
    service::sign_in::{self, AccountRequest, Invited},
};

use crate::{
    sign_in::{PASSWORD, hidden, invited, member},
    support::engines::Database,
};

crate::on_every_engine!(a_stolen_database_opens_nothing);

/// Everything that a database holds, as text: every column of every table,
/// bytes in hexadecimal. A table that is new is read, too.
async fn everything(db: &Database) -> String {
    let mut all = String::new();
    if let Some(file) = db.url.strip_prefix("sqlite:") {
        for part in ["", "-wal"] {
            let bytes = std::fs::read(format!("{file}{part}")).unwrap_or_default();
            all.push_str(&String::from_utf8_lossy(&bytes));
            all.push_str(&hex(&bytes));
        }
        return all;
    }
    let pool = sqlx::PgPool::connect(&db.url).await.expect("a pool");
    let tables =
        sqlx::query("select tablename::text as t from pg_tables where schemaname = 'public'")
            .fetch_all(&pool)
            .await
            .expect("the schema can be read");
    assert!(tables.len() > 20, "the schema was not found");
    for table in tables {
        let table: String = table.get("t");
        let sql = format!("select coalesce(string_agg(t::text, ' '), '') as t from \"{table}\" t");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&pool).await;
        all.push_str(&row.expect("a table can be read").get::<String, _>("t"));
    }
    all
}

async fn a_stolen_database_opens_nothing(db: Database) {
    let (app, filled) = crate::demo::filled(&db).await;
    let staff = member(&app, "staff@example.jp").await;
    let (_, waiting) = invited(&app, "waiting@example.jp").await;
    let request = AccountRequest {
        email: "family@example.jp".to_owned(),
        name: "【デモ】".to_owned(),
        role: Role::Family,
        municipality: None,
        case: Some("D-0002".to_owned().try_into().expect("a case")),
    };
    let Invited::Link(_, family) = sign_in::invite(&app, &request).await.expect("an answer") else {
        panic!("the account is refused");
    };
    let secret = staff.factor.text().replace(' ', "");
    let mut secrets = vec![
        ("the password", PASSWORD.to_owned()),
        ("the second factor", secret),
        ("the session", staff.session.reveal().to_owned()),
        ("an invitation", waiting.token.reveal().to_owned()),
        ("the code of an invitation", waiting.code.shown()),
        ("a family's link", family.token.reveal().to_owned()),
        ("the code of a family's link", family.code.shown()),
    ];
    for code in &staff.codes {
        secrets.push(("a recovery code", code.shown()));
    }
    for (_, link) in &filled.links {
        secrets.push(("a link", link.token.reveal().to_owned()));
    }
    let held = everything(&db).await.to_lowercase();
    assert!(held.contains("staff@example.jp"), "the right database");
    for (what, secret) in secrets {
        let plain = secret.to_lowercase();
        for form in [plain.clone(), plain.replace('-', "")] {
            assert!(!held.contains(&form), "{what} stands in the database");
            let bytes = hex(form.as_bytes());
            assert!(!held.contains(&bytes), "{what} stands there as bytes");
        }
    }
}

/// One request, and all that is answered.
fn said(host: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(host).expect("a connection");
    let request = request.replace(
        "\r\n\r\n",
        &format!("\r\nhost: {host}\r\nconnection: close\r\n\r\n"),
    );
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(host: &str, path: &str, cookie: &str, form: &str) -> String {
    let length = form.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\ncookie: {cookie}\r\ncontent-length: {length}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n"
    );
    said(host, &format!("{head}{form}"))
}

fn get(host: &str, path: &str, cookie: &str) -> String {
    said(
        host,
        &format!("GET {path} HTTP/1.1\r\ncookie: {cookie}\r\n\r\n"),
    )
}

fn cookies(answer: &str) -> String {
    let set = answer
        .lines()
        .filter_map(|line| line.strip_prefix("set-cookie: "));
    let pairs: Vec<&str> = set.filter_map(|cookie| cookie.split(';').next()).collect();
    pairs.join("; ")
}

/// The program as chatty as it can be, through a day of its life.
#[test]
fn a_stolen_log_yields_no_person() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("log");
    let mut server = Command::new(env!("CARGO_BIN_EXE_tomoshibi"))
        .args(["demo", "--port", "0"])
        .env(
            "RUST_LOG",
            "tomoshibi=trace,tower_http=trace,sqlx=debug,hyper=debug",
        )
        .stdout(Stdio::piped())
        .stderr(File::create(&log).expect("a log"))
        .spawn()
        .expect("the program starts");
    let output = BufReader::new(server.stdout.take().expect("its output is ours"));
    let lines: Vec<String> = output.lines().take(9).map_while(Result::ok).collect();
    let link = lines
        .iter()
        .find_map(|line| line.strip_prefix("municipality\t"))
        .expect("a link");
    let address = link.strip_prefix("http://").expect("an address");
    let (host, path) = address.split_once('/').expect("a path");
    let token = path.strip_prefix("enter/").expect("a token");
    let button = get(host, &format!("/{path}"), "");
    let form = format!("token={token}&csrf={}", hidden(&button, "csrf"));
    let session = cookies(&post(host, "/enter", &cookies(&button), &form));
    let list = get(host, "/children", &session);
    assert!(list.contains("【デモ】"), "{list}");
    let csrf = hidden(&list, "csrf");
    // 【デモ】 in the words of a search, and an address that nobody has.
    let search = format!("words=%E3%80%90%E3%83%87%E3%83%A2%E3%80%91&csrf={csrf}");
    post(host, "/children/search", &session, &search);
    let case = list
        .split("/plans/")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let plan = get(
        host,
        &format!("/plans/{}", case.expect("a child")),
        &session,
    );
    assert!(plan.contains("090-"), "a telephone number is on the page");
    let sign_in = get(host, "/sign-in", "");
    let wrong = format!(
        "email=typed-by-mistake@example.jp&password=a+password+typed&code=123456&csrf={}",
        hidden(&sign_in, "csrf")
    );
    post(host, "/sign-in", &cookies(&sign_in), &wrong);
    get(host, "/enter/not-a-token-but-a-NAME", "");
    get(host, "/nowhere/NAME?name=NAME", &session);
    post(host, "/children/search", &session, "words=NAME");
    server.kill().expect("it stops");
    server.wait().expect("it stops");
    let log = std::fs::read_to_string(&log).expect("the log");
    assert!(log.contains("/children"), "it logs what is asked: {log}");
    let secrets = [token, session.split_once('=').expect("a cookie").1];
    let words = [
        "【デモ】",
        "%E3%80%90",
        "NAME",
        "typed-by-mistake",
        "a password typed",
        "090-",
        "@example.jp",
    ];
    for word in secrets.iter().chain(&words) {
        let line = log.lines().find(|line| line.contains(word));
        assert!(line.is_none(), "{word} stands in the log: {line:?}");
    }
}

/// Of the files of a server of PostgreSQL the program knows nothing.
#[tokio::test]
async fn the_file_of_a_database_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("t.db");
    let url = format!("sqlite:{}", file.display());
    let _open = tomoshibi::store::Store::open(&url).await.expect("it opens");
    for part in ["t.db", "t.db-wal", "t.db-shm"] {
        let held = std::fs::metadata(folder.path().join(part)).expect("it is there");
        assert_eq!(held.permissions().mode() & 0o777, 0o600, "{part}");
    }
}
