//! Cookies that open nothing: they balance load, tell robots from people, count
//! visitors or keep a taste (developers.cloudflare.com, "Cloudflare cookies";
//! docs.aws.amazon.com, "Sticky sessions"; learn.microsoft.com, "ARR affinity";
//! policies.google.com/technologies/cookies).

/// How their names begin.
const BEGINNINGS: [&str; 22] = [
    "__cf_bm",
    "_cfuvid",
    "__cfduid",
    "__cflb",
    "__cfruid",
    "__cfseq",
    "cf_ob_info",
    "awsalb",
    "awselb",
    "arraffinity",
    "tipmix",
    "ak_bmsc",
    "bm_s",
    "_abck",
    "incap_ses",
    "visid_incap",
    "_ga",
    "_gid",
    "_gcl_au",
    "_fbp",
    "_octo",
    "color_mode",
];

/// Whole names.
const NAMES: [&str; 4] = ["tz", "lang", "locale", "consent"];

/// Whether a cookie of that name opens nothing.
pub(crate) fn opens_nothing(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    NAMES.contains(&name.as_str()) || BEGINNINGS.iter().any(|start| name.starts_with(start))
}
