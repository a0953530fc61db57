//! Who uses it: browsers with cookies, and programs with tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, redirect};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::stack::Stack;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as JSON; null where it is not.
    pub json: Value,
    /// Body as text.
    pub text: String,
}

impl Answer {
    /// Sends a request.
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        Answer {
            status,
            headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
        }
    }

    /// The code of a problem.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// The body, after a check of the status.
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }
}

/// A browser: keeps cookies, follows redirects, sends the anti-forgery token with changes.
pub struct Browser {
    /// Its HTTP client.
    pub client: Client,
    url: String,
    csrf: String,
}

impl Browser {
    /// A browser in which nobody is signed in.
    pub fn new(stack: &Stack) -> Self {
        let policy = redirect::Policy::limited(20);
        let client = Client::builder()
            .cookie_store(true)
            .redirect(policy)
            .no_proxy()
            .build()
            .unwrap();
        Browser {
            client,
            url: stack.url.clone(),
            csrf: String::new(),
        }
    }

    /// A browser in which this person has signed in.
    pub async fn signed_in(stack: &Stack, username: &str) -> Self {
        let mut browser = Browser::new(stack);
        let answer = browser.sign_in(stack, username).await;
        assert!(
            answer.url().as_str().starts_with(&browser.url),
            "{}",
            answer.url()
        );
        browser.read_session().await;
        assert!(!browser.csrf.is_empty(), "{username} is not signed in");
        browser
    }

    /// Goes through sign-in at the identity provider; the answer is where the browser ended up.
    pub async fn sign_in(&self, stack: &Stack, username: &str) -> reqwest::Response {
        let start = format!("{}/auth/sign-in?return_to=/healthz", self.url);
        let page = self
            .client
            .get(start)
            .header("accept", "text/html")
            .send()
            .await
            .unwrap();
        assert_eq!(page.status(), StatusCode::OK, "the account page");
        let account = page.url().clone();
        let oid = stack.idp.user(username).oid.clone();
        let form = self
            .client
            .post(account)
            .header("accept", "text/html")
            .form(&[("oid", oid)]);
        form.send().await.unwrap()
    }

    /// Reads the anti-forgery token of the session.
    pub async fn read_session(&mut self) -> Value {
        let session = self.get("/auth/session").await.expect(200);
        self.csrf = session["csrf"].as_str().unwrap_or_default().to_owned();
        session
    }

    /// A request as the console sends it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method.clone(), format!("{}{path}", self.url));
        if method == Method::GET {
            request
        } else {
            request.header("syncline-csrf", &self.csrf)
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// POST of JSON with a fresh Idempotency-Key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let key = format!("{:032x}", rand::random::<u128>());
        Answer::of(
            self.request(Method::POST, path)
                .header("idempotency-key", key)
                .json(body),
        )
        .await
    }

    /// Signs up and waits until the tenant is active.
    pub async fn sign_up(&self, stack: &Stack, organisation: &str) -> String {
        let view = self
            .post("/v1/tenants", &json!({"organisation": organisation}))
            .await
            .expect(202);
        let id = view["id"].as_str().expect("an id").to_owned();
        let path = format!("/v1/tenants/{id}");
        stack
            .until(
                "the tenant to become active",
                || self.get(&path),
                |answer| answer.json["state"] == "active",
            )
            .await;
        id
    }
}

/// A program with an access token.
pub struct Program {
    client: Client,
    url: String,
    /// Its token.
    pub token: String,
}

impl Program {
    /// A program that acts for a person (code and PKCE at the identity provider).
    pub async fn of_user(stack: &Stack, username: &str) -> Self {
        let stop_at_home = redirect::Policy::custom(|attempt| {
            if attempt.url().host_str() == Some("localhost") {
                attempt.stop()
            } else {
                attempt.follow()
            }
        });
        let login = Client::builder()
            .cookie_store(true)
            .redirect(stop_at_home)
            .no_proxy()
            .build()
            .unwrap();
        let (about, user) = (stack.idp.about(), stack.idp.user(username));
        let verifier = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let redirect = "http://localhost:45123/callback";
        let scope = format!("openid profile {}/access", about.api.uri);
        let authorize = format!("{}/{}/oauth2/v2.0/authorize", about.origin, user.tid);
        let query = [
            ("client_id", about.cli.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", redirect),
            ("scope", &scope),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("state", "s"),
            ("nonce", "n"),
        ];
        let page = login.get(authorize).query(&query).send().await.unwrap();
        let account = page.url().clone();
        let answer = login
            .post(account)
            .form(&[("oid", &user.oid)])
            .send()
            .await
            .unwrap();
        let location = answer.headers()["location"].to_str().unwrap();
        let back = Url::parse(location).expect("back to the program");
        let code = back
            .query_pairs()
            .find(|(name, _)| name == "code")
            .expect("a code")
            .1
            .into_owned();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &about.cli.id),
            ("code", &code),
            ("redirect_uri", redirect),
            ("code_verifier", &verifier),
        ];
        Self::with(stack, &login, &user.tid, &form).await
    }

    /// A program with permissions of its own in a directory tenant.
    pub async fn of_its_own(stack: &Stack, directory_tenant: &str) -> Self {
        let about = stack.idp.about();
        let scope = format!("{}/.default", about.api.uri);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", about.daemon.id.as_str()),
            ("client_secret", about.daemon.secret.as_str()),
            ("scope", &scope),
        ];
        Self::with(
            stack,
            &Client::builder().no_proxy().build().unwrap(),
            directory_tenant,
            &form,
        )
        .await
    }

    async fn with(stack: &Stack, login: &Client, tid: &str, form: &[(&str, &str)]) -> Self {
        let url = format!("{}/{tid}/oauth2/v2.0/token", stack.idp.about().origin);
        let answer = Answer::of(login.post(url).form(form)).await.expect(200);
        Program {
            client: Client::builder().no_proxy().build().unwrap(),
            url: stack.url.clone(),
            token: answer["access_token"]
                .as_str()
                .expect("an access token")
                .to_owned(),
        }
    }

    /// A request with the token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(&self.token)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// POST of JSON with a fresh Idempotency-Key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let key = format!("{:032x}", rand::random::<u128>());
        Answer::of(
            self.request(Method::POST, path)
                .header("idempotency-key", key)
                .json(body),
        )
        .await
    }
}
