//! Words: what people and programs write when they do not write a secret.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// Whether a word in lower case is an ordinary one.
pub(super) fn is_word(word: &str) -> bool {
    WORDS.contains(word)
}

/// The share of a value's letters (0 to 1) that belong to ordinary words.
///
/// A word counts where its case is that of a word (`word`, `Word`, `WORD`)
/// and it is at least three letters long; shorter ones are in random text
/// by chance.
pub(super) fn coverage(value: &str) -> f32 {
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    if letters == 0 {
        return 0.0;
    }
    let covered: usize = runs(value).map(covered).sum();
    covered as f32 / letters as f32
}

/// The runs of letters of a value, cut also where camel case cuts.
pub(super) fn runs(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|run| !run.is_empty())
        .flat_map(camel)
}

fn camel(run: &str) -> Vec<&str> {
    let bytes = run.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 1..bytes.len() {
        let lower_before = bytes[at - 1].is_ascii_lowercase();
        let lower_after = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if bytes[at].is_ascii_uppercase() && (lower_before || lower_after) {
            parts.push(&run[start..at]);
            start = at;
        }
    }
    parts.push(&run[start..]);
    parts
}

/// How many letters of a run ordinary words cover, at best.
fn covered(run: &str) -> usize {
    let lower = run.to_ascii_lowercase();
    if lower.len() > 2 && is_word(&lower) {
        return lower.len();
    }
    let mut best = vec![0; lower.len() + 1];
    for end in 1..=lower.len() {
        best[end] = best[end - 1];
        for length in 3..=end.min(LONGEST) {
            if is_word(&lower[end - length..end]) {
                best[end] = best[end].max(best[end - length] + length);
            }
        }
    }
    best[lower.len()]
}

/// No word of the list is longer.
const LONGEST: usize = 16;

/// Every word, for the letter model.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    LIST.split_ascii_whitespace()
}

static WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| all().collect());

/// Common words of English, of programs and of machine learning.
const LIST: &str = "
application plaintext tokenize authenticated organization opus sonnet haiku flan pro preview
the and for are but not you all any can had her was one our out day get has him his how man new now
old see two way who boy did its let put say she too use that with have this will your from they know
want been good much some time very when come here just like long make many more only over such take
than them well were what about after again also back because before being between both could does down
each even every find first give great group hand head help high home house into keep large last leave
left life line little live look made mean might most move must name need never next number off often
open order other own part people place point present program public question real right room run same
school seem set should show side since small so something stand start state still system tell their
then there these thing think those through turn under until upon very wait water week were where which
while without word work world would write wrong year yes young above across against almost along among
answer area around away become began begin behind best better black blue body book bring brown build
business call care carry case cause center certain change check child children city class clear close
cold color common complete consider contain content control country course cover create cross current
cut dark data date decide deep develop different direct distance does door draw drive during early
earth east easy eight end enough equal example explain eye face fact fall family far fast father feel
few field figure fill final fine fire fish five fly follow food foot force form found four free friend
full game girl gold got green ground grow half happen hard heart heat heavy hold horse hot hour human
hundred idea inch interest island job king land language late laugh law lay lead learn less letter
level light list listen love low machine main map mark matter measure men mile mind minute miss money
moon morning mother mountain music near night nothing north note notice object ocean page paper pass
pattern perhaps person picture piece plain plan plane plant play please power press problem produce
product pull question quick rain reach read ready reason record red remember rest result river road
rock round rule sea second self send sentence serve several shape ship short simple sing size sleep
slow snow song sound south special spell star step stop story street strong study sun sure surface
table talk teach ten test third thought thousand three today together told took top town travel tree
true try unit usual value voice vowel walk war warm watch west wheel white whole wide wind window wood
young access account action active actual add address admin administrator agent alert algorithm alias
allow alpha amount analysis apply archive argument array assistant async attention attribute audio
auth author authenticate authentication authorization auto average backend bank base bash basic batch
bearer benchmark beta bigquery binary bind block blog board bool boolean boot bot box branch browser
bucket buffer bug bundle button byte bytes cache calendar callback camera canvas card catalog category
cell chain channel char character chart chat choose chunk classifier classification clean client clip
clone cloud cluster code codec cohere collection column command comment commit community company
compare compile component compute computer confidence config configuration configure confirm connect
connection console constant consumer container context convert cookie copy core corpus cost count
counter cpu crash credential credentials cron csv cuda cursor custom customer dashboard database
databricks dataset debug decimal decode decoder default define delete demo deploy deployment desktop
detail detect dev develop developer development device diagram dictionary diffusion digit dimension
directory disable discord disk display distribution docker document documentation domain download
drive driver dropout dummy dump dynamic edge edit editor element email embed embedding embeddings empty
enable encode encoder encryption endpoint engine english ensure enter enterprise entity entry
environment epoch error estimate eval evaluate evaluation event exact except exception execute expect
experiment export express extension external extra extract factory fail failed fake false feature
features federated feed fetch file filter finance find finetune fine finished firebase fix flag flash
flask float flow folder font foo bar baz footer foreign format forward frame framework frontend
function gateway gemini general generate generation generator generic git github gitlab global google
gpu gradient grant graph grid guest guide handle handler hash header health hello hidden history hook
host html http https hub hugging huggingface icon identifier identity ignore image import include
index indicator inference info information init initial inline input insert inside install instance
instruct instruction int integer integration interface internal internet invalid invoice item iterator
java javascript json jupyter kafka kaggle kernel key keyboard keys label labels langchain lambda latest
launch layer layout learning length lesson library license limit linear link linux llama llm load
loader local localhost location lock log login logger logging logic logout loss lora mail manager manual
map mask master match math matrix max maximum mean media medium member memory menu merge message meta
metadata method metric micro middle middleware mini minimum minio mistral mixed mobile mode model
models module mongo mongodb monitor month mount multi mysql native navigation neo network neural news
node none normal notebook null numeric numpy nvidia oauth offset offline okay online openai operation
operator option optional optimizer oracle organization origin output owner pack package padding pandas
panel parallel param parameter parent parse parser partial partner password passwd passphrase paste
patch path payment pending permission personal phone photo phrase pin pinecone pipeline pixel
placeholder platform player plot plugin policy pool port portal position post postgres postgresql
precision predict prediction prefix premium preview primary print private process processor prod
production profile progress project prompt property protocol provider proxy publish push python
pytorch quality quantity query queue quiz random range rank rate raw react reader real receive recipe
redacted redirect redis reference refresh region register registry regular release reload remote
remove render repeat replace reply repo report repository request require required research reset
resource response restore return review reward rest role root route router row runtime safe sample
sandbox save scale schedule schema scope score screen script search secret secrets secure security
segment select selected semantic sender sensor separator sequence serial serve server service services
session setting settings setup shared shell shop sign signature signup similarity site skip slack
slice smart snapshot snippet social socket software source space spark speech split splunk sql stable
stack staff staging standard start startup static station statistics status storage store stream
string studio style subject submit subscription success summary super supervised support swagger
switch symbol sync syntax tag target task team telegram template temp temporary tensor tensorflow
terminal terms text theme thread threshold ticket timeout timestamp title todo token tokenizer tokens
toml tool tools topic total trace track traffic train trainer training transaction transfer transform
transformer transformers translate translation trigger tuning tutorial type unique unknown unset
unstructured update upgrade upload url usage user username users utility valid validate validation
variable vector verify version video view virtual vision visual wallet warning watson weather web
webhook weight weights welcome widget wiki windows wizard workflow workspace worker wrapper writer yaml
your zero zone zip anthropic claude azure amazon apple microsoft facebook twitter youtube reddit
qwen deepseek gemma falcon bert roberta distilbert whisper large base small tiny turbo instruct chat
abc xyz xxx yyy zzz qwerty letmein changeme sha sha256 hmac rsa aes ssh tls ssl cert certificate
snowflake qdrant milvus weaviate chroma elastic elasticsearch supabase superuser superset airflow
jdoe alice bob charlie smith john jane doe monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december summer winter
spring autumn dragon monkey sunshine princess football baseball welcome iloveyou shadow
";
