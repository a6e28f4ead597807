//! Cookies that open nothing: they balance load, tell robots from people, count
//! visitors, keep a taste or prove whose a form is (developers.cloudflare.com,
//! "Cloudflare cookies"; docs.aws.amazon.com, "Sticky sessions"; learn.microsoft.com,
//! "ARR affinity"; policies.google.com/technologies/cookies; docs.djangoproject.com,
//! "Cross Site Request Forgery protection").

/// Whole names, in small letters.
const NAMES: &[&str] = &[
    "__cf_bm",
    "_cfuvid",
    "__cfduid",
    "__cflb",
    "__cfruid",
    "cf_ob_info",
    "awsalb",
    "awsalbcors",
    "awsalbtg",
    "awsalbtgcors",
    "awselb",
    "awselbcors",
    "arraffinity",
    "arraffinitysamesite",
    "tipmixedrouting",
    "ak_bmsc",
    "bm_sv",
    "bm_sz",
    "bm_so",
    "_abck",
    "_ga",
    "_gid",
    "_gat",
    "_gcl_au",
    "_fbp",
    "_octo",
    "color_mode",
    "tz",
    "lang",
    "locale",
    "consent",
    // Visitors of X who are not logged in (privacy.x.com, "Cookies").
    "guest_id",
    "guest_id_ads",
    "guest_id_marketing",
    "personalization_id",
    "muc_ads",
    // Proofs that a form is the site's own, each of which needs another cookie.
    "csrftoken",
    "csrf-token",
    "xsrf-token",
    "_csrf",
];

/// How those begin that go on with the number of a site.
const NUMBERED: [&str; 4] = ["_ga_", "incap_ses_", "visid_incap_", "__cfseq-"];

/// Whether a cookie of that name opens nothing.
pub(crate) fn opens_nothing(name: &str) -> bool {
    let is_number = |rest: &str| {
        rest.bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let name = name.trim();
    NAMES.contains(&name.to_ascii_lowercase().as_str())
        || NUMBERED
            .iter()
            .any(|start| name.strip_prefix(start).is_some_and(is_number))
}

/// Whether a name says by itself what sort of credential it names.
pub(crate) fn says_more(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["pass", "token", "key", "secret", "pwd"]
        .iter()
        .any(|part| name.contains(part))
}
