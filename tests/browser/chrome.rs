//! A headless Chromium, driven over its debugging pipe: messages of JSON with a zero byte after each, and no library.
//!
//! The shell gives the browser its two pipes as the file descriptors that it wants, 3 and 4. Everything that a page must
//! not do is noted as it happens: errors, dialogs, requests.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use serde_json::{Value, json};

/// Longer than anything takes: it ends a test that would wait for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Names of the browser, as systems have it.
const NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/// The browser, if there is one; where the tests are required, there must be.
pub(crate) fn find() -> Option<PathBuf> {
    let named = env::var_os("WIRECOPY_BROWSER").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let known =
        NAMES.iter().flat_map(|name| env::split_paths(&path).map(move |dir| dir.join(name)));
    let found = named.or_else(|| known.into_iter().find(|file| file.is_file()));
    let found = found.filter(|_| cfg!(unix));
    if found.is_none() {
        let required =
            env::var_os("WIRECOPY_BROWSER_TESTS").is_some_and(|value| value == "required");
        assert!(!required, "no browser was found, and its tests are required");
        // Past the harness, which hides what passing tests print. With stderr gone there is nobody left to tell.
        let why = "no Chromium in PATH or WIRECOPY_BROWSER";
        let _ = writeln!(std::io::stderr(), "skipped: {why}; its pages were not opened");
    }
    found
}

/// One tab of a browser of its own.
pub(crate) struct Tab {
    browser: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    next: u64,
    /// What the page did that no page of ours does.
    pub(crate) misdeeds: Vec<String>,
    page: String,
    _profile: tempfile::TempDir,
}

impl Tab {
    /// Opens a page from disk and waits until it has drawn itself.
    pub(crate) fn open(program: &Path, file: &Path, hash: &str) -> Tab {
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Command::new("sh")
            .args(["-c", r#"exec "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#, "sh"])
            .arg(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-extensions", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = browser.stdin.take().unwrap();
        let out = BufReader::new(browser.stdout.take().unwrap());
        let (send, from) = channel();
        thread::spawn(move || {
            for message in out.split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).unwrap();
                if send.send(message).is_err() {
                    break;
                }
            }
        });
        let page = format!("file://{}", fs::canonicalize(file).unwrap().display());
        let mut tab = Tab {
            browser,
            to,
            from,
            session: None,
            next: 0,
            misdeeds: Vec::new(),
            page: page.clone(),
            _profile: profile,
        };
        let target = tab.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = target["targetId"].clone();
        let session =
            tab.call("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        tab.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.call(&format!("{domain}.enable"), json!({}));
        }
        tab.size(1280, 900);
        tab.call("Page.navigate", json!({"url": format!("{page}{hash}")}));
        tab.until("document.documentElement?.dataset.ready === 'true'");
        tab
    }

    /// Sends a command and gives what it returned.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let message = self.from.recv_timeout(PATIENCE);
            let mut message = message.unwrap_or_else(|error| panic!("{error} after {method}"));
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].take();
            }
            self.note(&message);
        }
    }

    fn note(&mut self, message: &Value) {
        let params = &message["params"];
        let misdeed = match message["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => true,
            "Log.entryAdded" => params["entry"]["level"] == "error",
            "Runtime.consoleAPICalled" => params["type"] == "error" || params["type"] == "log",
            "Page.javascriptDialogOpening" => true,
            "Network.requestWillBeSent" => {
                let url = params["request"]["url"].as_str().unwrap_or_default();
                // The browser draws the icons of its own fields by `data:`, which fetches nothing.
                !url.starts_with(&self.page) && url != "about:blank" && !url.starts_with("data:")
            }
            _ => false,
        };
        if misdeed {
            self.misdeeds.push(message.to_string());
        }
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut answer = self.call("Runtime.evaluate", params);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// The same as text.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().unwrap_or_else(|| panic!("{expression} is {value}")).to_owned()
    }

    /// Waits until an expression is true.
    pub(crate) fn until(&mut self, expression: &str) {
        let start = Instant::now();
        while self.value(expression) != Value::Bool(true) {
            assert!(start.elapsed() < PATIENCE, "never came: {expression}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Clicks into the middle of an element, as a mouse does.
    pub(crate) fn click(&mut self, selector: &str) {
        let place = self.value(&format!(
            "(() => {{ const one = document.querySelector({selector:?}); one.scrollIntoView({{block: 'center'}}); \
             const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", params);
        }
    }

    /// Presses a key: a character, `Enter` or `Escape`.
    pub(crate) fn key(&mut self, key: &str) {
        let (text, code) = match key {
            "Enter" => ("\r", 13),
            "Escape" => ("", 27),
            character => (character, 0),
        };
        let mut params = json!({"type": "keyDown", "key": key, "windowsVirtualKeyCode": code});
        if !text.is_empty() {
            params["text"] = text.into();
        }
        self.call("Input.dispatchKeyEvent", params);
        self.call("Input.dispatchKeyEvent", json!({"type": "keyUp", "key": key}));
    }

    /// Types into what has the focus.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Gives the window another size, in CSS pixels.
    pub(crate) fn size(&mut self, width: u32, height: u32) {
        let params =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", params);
    }

    /// Pretends that the system wants light or dark, and the page is for the screen or for paper.
    pub(crate) fn media(&mut self, scheme: &str, media: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", json!({"media": media, "features": features}));
    }

    /// Fails if the page did anything that no page of ours does.
    pub(crate) fn behaved(&mut self) {
        // One more round, so that everything that happened before has been told.
        self.value("new Promise(done => setTimeout(() => done(true), 50))");
        assert!(self.misdeeds.is_empty(), "{:#?}", self.misdeeds);
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // A browser that is gone already is as good.
        let _ = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let start = Instant::now();
        while matches!(self.browser.try_wait(), Ok(None)) {
            if start.elapsed() > Duration::from_secs(5) {
                let _ = self.browser.kill();
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}
