//! What reaches the server before it is a request: too long, too slow, no text.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tomoshibi::web::{self, Bounds};

use crate::support::engines::{self, Database};

/// A server, and how to stop it.
struct Served {
    at: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
    _db: Database,
}

async fn serve(bounds: Bounds) -> Served {
    let db = engines::sqlite();
    let mut app = crate::demo::app(&db).await;
    let mut config = (*app.config).clone();
    // Behind a proxy: answered is only who is known to be on this machine.
    config.server.trusted_proxy = Some("10.0.0.4".parse().expect("an address"));
    app.config = config.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(web::answer(
        web::router(app),
        listener,
        bounds,
        async move {
            let _ = stopped.await;
        },
    ));
    Served {
        at,
        stop,
        ended,
        _db: db,
    }
}

/// Everything the server says until it closes.
async fn said(at: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(at).await.expect("a connection");
    // The server may close before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn request(path: &[u8], headers: &[u8]) -> Vec<u8> {
    [
        b"GET ".as_slice(),
        path,
        b" HTTP/1.1\r\nhost: t\r\nconnection: close\r\n",
        headers,
        b"\r\n",
    ]
    .concat()
}

#[tokio::test]
async fn headers_are_bounded_in_bytes_and_in_number() {
    let served = serve(Bounds::default()).await;
    let ordinary = said(served.at, &request(b"/healthz", b"")).await;
    assert!(ordinary.starts_with("HTTP/1.1 200 "), "{ordinary}");
    let long = format!("cookie: tomoshibi={}\r\n", "a".repeat(64 * 1024));
    let many = "cookie: a=b\r\n".repeat(1000);
    for headers in [long, many] {
        let answer = said(served.at, &request(b"/", headers.as_bytes())).await;
        // Closed at once, or told why.
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
            "{answer}"
        );
    }
    let cookies = format!("cookie: {}\r\n", "a=b; ".repeat(1000));
    let answer = said(served.at, &request(b"/", cookies.as_bytes())).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_answered_and_show_nothing() {
    let served = serve(Bounds::default()).await;
    for (path, headers, expected) in [
        (
            b"/plans/\xff\xfe".as_slice(),
            b"".as_slice(),
            ["400", "303"],
        ),
        (b"/plans/%ff%fe", b"", ["404", "303"]),
        (
            b"/children",
            b"cookie: tomoshibi=\xff\xfe\r\n",
            ["303", "303"],
        ),
        (
            b"/children",
            b"cookie: \xff=\xff; language=\xff\r\n",
            ["303", "303"],
        ),
    ] {
        let answer = said(served.at, &request(path, headers)).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(expected.contains(&status), "{path:?}: {answer}");
    }
}

#[tokio::test]
async fn who_sends_a_request_too_slowly_is_shown_out_and_the_others_are_not() {
    let served = serve(Bounds {
        head_patience: Duration::from_millis(300),
        ..Bounds::default()
    })
    .await;
    let mut slow = TcpStream::connect(served.at).await.expect("a connection");
    let begun = slow.write_all(b"GET / HTTP/1.1\r\nhost: t\r\nx-a").await;
    begun.expect("the first bytes are taken");
    let ordinary = said(served.at, &request(b"/healthz", b"")).await;
    assert!(ordinary.starts_with("HTTP/1.1 200 "), "{ordinary}");
    // Ends when the server closes; it never would without the bound.
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest).await;
    let rest = String::from_utf8_lossy(&rest);
    assert!(
        rest.is_empty() || rest.starts_with("HTTP/1.1 408 "),
        "{rest}"
    );
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_finishes_and_takes_nobody_new() {
    let served = serve(Bounds::default()).await;
    let mut waiting = TcpStream::connect(served.at).await.expect("a connection");
    let begun = waiting
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: t\r\n\r\n")
        .await;
    begun.expect("a request is sent");
    let mut first = [0; 15];
    waiting
        .read_exact(&mut first)
        .await
        .expect("an answer begins");
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    served.stop.send(()).expect("it listens");
    served.ended.await.expect("it ends");
    assert!(TcpStream::connect(served.at).await.is_err());
}
