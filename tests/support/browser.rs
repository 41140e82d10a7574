//! A headless Chromium, driven through chromedriver.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use fantoccini::{Client, ClientBuilder};
use serde_json::json;

/// A browser with a profile of its own; both processes end with it.
pub struct Browser {
    /// The session.
    pub client: Client,
    driver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one with a window of this size; `None` where there is no
    /// Chromium and none is required.
    pub async fn start(width: u32, height: u32) -> Option<Self> {
        let driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver = match driver {
            Ok(driver) => driver,
            Err(error) => {
                assert!(
                    std::env::var_os("TOMOSHIBI_REQUIRE_BROWSER").is_none(),
                    "chromedriver does not start ({error}): run `make test`"
                );
                eprintln!("NOT RUN in a browser: there is no chromedriver (make test installs it)");
                return None;
            }
        };
        let output = driver.stdout.take().expect("its output is ours");
        let port = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver says on which port it listens");
        let profile = tempfile::tempdir().expect("a temporary folder");
        let arguments = json!([
            "--headless",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--use-gl=angle",
            "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.path().display()),
        ]);
        let mut capabilities = serde_json::Map::new();
        capabilities.insert(
            "goog:chromeOptions".to_owned(),
            json!({
                "args": arguments,
                "mobileEmulation": {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 1.0, "mobile": width < 600}},
            }),
        );
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session begins");
        Some(Self {
            client,
            driver,
            _profile: profile,
        })
    }

    /// Prints the page (A4) and keeps the PDF to be looked at; how many pages it
    /// has.
    pub async fn paper(&self, name: &str) -> usize {
        let a4 = fantoccini::wd::PrintSize {
            width: 21.0,
            height: 29.7,
        };
        let how = fantoccini::wd::PrintConfiguration::builder()
            .size(a4)
            .build();
        let pdf = self
            .client
            .print(how.expect("A4 can be printed on"))
            .await
            .expect("a page can be printed");
        assert!(pdf.starts_with(b"%PDF"), "this is no PDF");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        std::fs::create_dir_all(&folder).expect("the folder of pictures");
        let pages = pdf.windows(12).filter(|w| w == b"/Type /Page\n").count();
        std::fs::write(folder.join(format!("{name}.pdf")), pdf).expect("a paper is written");
        pages
    }

    /// Writes what is seen, the whole page long, to `target/screenshots`.
    pub async fn picture(&self, name: &str) {
        let height = self
            .client
            .execute("return document.documentElement.scrollHeight", vec![])
            .await
            .expect("a page has a height");
        assert!(
            height.as_u64().is_some_and(|h| h > 100),
            "the page is empty"
        );
        let bytes = self.client.screenshot().await.expect("a page can be drawn");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        std::fs::create_dir_all(&folder).expect("the folder of pictures");
        std::fs::write(folder.join(format!("{name}.png")), bytes).expect("a picture is written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Both may have ended already.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
