// SPDX-License-Identifier: Apache-2.0
/* The one table of commands. --help, the man page and the shell completion are made from it. */
#include "app/commands.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

#define JSON_OPTION                                                                                                    \
    { "json", NULL, "Print JSON, for programs", false }
#define END                                                                                                            \
    { NULL, NULL, NULL, false }

static const struct option init_options[] = {
    {"name", "NAME", "The office's name, in the first language", false},
    {"host", "HOST", "The public host name, e.g. www.example.org (or a whole origin, https://…)", false},
    {"languages", "LIST", "Language tags parted by commas; the first has no prefix in addresses (standard: en,zh-CN)",
     false},
    {"timezone", "ZONE", "Time zone, e.g. Asia/Shanghai (standard: this machine's)", false},
    {"store", "URL", "Where the data goes: sqlite:FILE or postgresql://… (standard: sqlite:daylight.db, in DIR)",
     false},
    {"demo", NULL, "Fill it with a made-up town's office: columns, articles and pictures in two languages", false},
    END};
static const struct option serve_options[] = {
    {"listen", "ADDRESS", "127.0.0.1:8080, [::1]:8080, *:8080, unix:/path or fd:3, instead of site.ini's", true},
    {"store", "URL", "sqlite:PATH or postgresql://…, instead of site.ini's", false},
    {"tls-cert", "FILE", "Certificate chain (PEM); read again on SIGHUP", false},
    {"tls-key", "FILE", "Its private key (PEM)", false},
    END};
static const struct option import_options[] = {
    {"column", "SLUG", "Where new articles go (standard: what the file says, else the first column of news)", false},
    {"lang", "TAG", "The files' language (standard: what a file says, else a guess)", false},
    {"publish", NULL, "Publish at once; without it they are drafts", false},
    {"dry-run", NULL, "Show what would be stored, and store nothing", false},
    JSON_OPTION,
    END};
static const struct option export_options[] = {
    {"to", "OUT", "The folder for the copy: a new or empty one, or one that an export wrote", false}, JSON_OPTION, END};
static const struct option json_options[] = {JSON_OPTION, END};
static const struct option words_options[] = {{"name", "[LANG=]NAME", "Its name, in LANG or the first language", true},
                                              {"description", "[LANG=]TEXT", "What the column is for", true},
                                              END};
static const struct option column_add_options[] = {
    {"name", "[LANG=]NAME", "Its name, in LANG or the first language", true},
    {"description", "[LANG=]TEXT", "What the column is for", true},
    {"kind", "KIND", "news, notice, guide, figures or static: how fresh it must be (standard: news)", false},
    {"parent", "SLUG", "The column above it", false},
    {"position", "N", "Its place among its neighbours: lower comes first (standard: 0)", false},
    END};
static const struct option article_list_options[] = {
    {"column", "SLUG", "Only this column's", false},
    {"lang", "TAG", "Only those that exist in this language (standard: the first)", false},
    {"all", NULL, "Drafts and withdrawn articles too", false},
    {"most", "N", "At most N, newest first (standard: 50)", false},
    JSON_OPTION,
    END};
static const struct option article_show_options[] = {
    {"lang", "TAG", "In this language (standard: the first)", false}, JSON_OPTION, END};
static const struct option article_publish_options[] = {
    {"at", "TIME", "Publish time, e.g. '2026-11-19 16:40'; one in the future is not shown before it", false},
    {"emergency", NULL, "Without the usual second look; the page says so until it is countersigned", false},
    END};
static const struct option article_withdraw_options[] = {
    {"reason", "TEXT", "Why; the public reads it in the article's place", false},
    {"code", "CODE", "error, outdated, privacy, law or other: what the ledger says of the reason (standard: other)",
     false},
    END};

static const struct option article_erase_options[] = {
    {"reason", "TEXT", "Why; the public reads it in the article's place", false},
    {"code", "CODE", "privacy or law: on which ground", false},
    {"lang", "TAG", "Only the text in this language (standard: all)", false},
    END};

static const struct option incident_options[] = {
    {"code", "CODE", "fork, rollback, outage or other: of which kind it was", false},
    {"text", "TEXT", "What happened, in plain words; it stays public for good, so no person is named", false},
    END};

#define VKEY_OPTION                                                                                                    \
    { "vkey", "KEY", "A verifier key that is trusted for the log: NAME+HASH+BASE64", true }
#define POLICY_OPTION                                                                                                  \
    { "policy", "FILE", "A trust policy (C2SP tlog-policy): keys, witnesses, and how many of them are wanted", false }
static const struct option verify_options[] = {
    VKEY_OPTION,
    POLICY_OPTION,
    {"entry", "FILE", "The entry that a proof is about", false},
    {"opening", "FILE", "The opening (JSON) of the text that a proof is about", false},
    {"log", "PLACE", "Compare a proof with the log or a mirror of it: for one that an earlier key signed", false},
    {"article", "URL", "An article's page: is its text the one that the ledger holds?", false},
    {"remember", "FILE", "Keep what was seen of the log in FILE (standard: one for each log in your state folder)",
     false},
    {"forget", NULL, "Neither use nor keep what was seen at earlier looks", false},
    JSON_OPTION,
    END};
static const struct option fork_options[] = {
    VKEY_OPTION,
    POLICY_OPTION,
    {"log", "PLACE", "The log or a mirror of it, where the sizes differ", false},
    JSON_OPTION,
    END};
static const struct option mirror_options[] = {VKEY_OPTION, POLICY_OPTION, JSON_OPTION, END};

const struct command commands[] = {
    {"init", "DIR", 1, 1, "Make a new, empty office in the folder DIR",
     "Writes site.ini (with a comment on every setting), an embedded store, and folders for media, keys and theme. It "
     "asks nothing; what is not given gets a value that works, and can be changed in site.ini later.",
     init_options, init_run, false},
    {"serve", "DIR", 1, 1, "Serve the office in DIR on the web",
     "Settings come from DIR/site.ini. SIGTERM and SIGINT finish what is under way and lose nothing. SIGHUP reads "
     "site.ini, theme and certificates again; a wrong site.ini is logged and the old one stays.\n"
     "Sockets handed over by the service manager (LISTEN_FDS) are used when no address is given.",
     serve_options, serve_run, false},
    {"import", "DIR FILE…", 2, (size_t)-1, "Store saved pages as articles: text, HTML, Markdown or DOCX",
     "A file that is - is standard input; of a folder all files are taken, those in its folders too, in the order of "
     "their names. Title, publish time, source, language, summary and body are recognised; furniture of the page (hit "
     "counts, typeface switches, navigation …) is left out and listed with --json. The same page again is recognised "
     "and not doubled, so an import that was stopped goes on with the same command. A bad file is named with the "
     "reason; the others still go in.\n"
     "Of 5,000 files and more that are published, all are stored and shown first and put into the search index "
     "afterwards. Ctrl-C may stop that too: the same command goes on with it, or the server by itself; until then the "
     "page of a search says how many cannot be found yet.",
     import_options, import_run, false},
    {"export", "DIR --to OUT", 1, 1, "Copy the public site into a folder of files, for any web host or a disc",
     "Every page that links lead to, in all languages, with feeds, pictures, histories, proofs and the public ledger. "
     "Links are relative, so that the folder works wherever it stands, also opened from a disc. What needs a server is "
     "left out; each page says when it was copied. What was withdrawn or erased is there as the page that says so.\n"
     "The same command again writes only what has changed and removes what is gone, but never a file that it did not "
     "write itself (OUT/.daylight-copy lists them). The office may be served meanwhile.",
     export_options, export_run, false},
    {"column list", "DIR", 1, 1, "List the columns", NULL, json_options, column_list_run, false},
    {"column add", "DIR SLUG", 2, 2, "Add a column; SLUG is its part of every address", NULL, column_add_options,
     column_add_run, false},
    {"column rename", "DIR SLUG", 2, 2, "Change a column's name or description", NULL, words_options, column_rename_run,
     false},
    {"column remove", "DIR SLUG", 2, 2, "Remove a column that is empty", NULL, NULL, column_remove_run, false},
    {"article list", "DIR", 1, 1, "List articles, newest first", NULL, article_list_options, article_list_run, false},
    {"article show", "DIR ID", 2, 2, "Show one article whole", NULL, article_show_options, article_show_run, false},
    {"article publish", "DIR ID", 2, 2, "Publish a draft, or a withdrawn article again", NULL, article_publish_options,
     article_publish_run, false},
    {"article countersign", "DIR ID", 2, 2, "Stand behind what was published in an emergency, as it reads now",
     "The entry commits to the text as it reads now. That it is another person who signs is not checked: it is for the "
     "office's own rules.",
     NULL, article_countersign_run, false},
    {"article withdraw", "DIR ID", 2, 2, "Withdraw an article, with a public reason", NULL, article_withdraw_options,
     article_withdraw_run, false},
    {"article erase", "DIR ID", 2, 2, "Destroy an article for good; a page that says why stays in its place",
     "Takes every word of it out of the store, in all revisions, and destroys what opened its entries in the ledger, "
     "so that these go on proving the acts and tell nothing of the text. Files that no other article uses are removed. "
     "Then the store is written anew, since freed room on a disk keeps its bytes: this needs as much free room as the "
     "store has, and other changes wait meanwhile. What is cut off is finished by the same command again.\n"
     "It cannot be undone. Backups, copies and PostgreSQL's own log are beyond it: see docs/press.md.",
     article_erase_options, article_erase_run, false},
    {"article move", "DIR ID SLUG", 3, 3, "Move an article to another column; old links redirect", NULL, NULL,
     article_move_run, false},
    {"routes", "", 0, 0, "Print every page: method, address, who may, parameters", NULL, json_options, routes_run,
     false},
    {"rebuild", "DIR [search|ledger]", 1, 2,
     "Make anew what can be derived: the search index, the ledger's tiles and counts",
     "The search index is made from the articles. The ledger's tiles and counts are derived from its entries and "
     "compared, with the signed checkpoint too; a file that is damaged or missing is named and written again. Where "
     "the entries themselves are not those that were signed, nothing is written, and those that differ are named.\n"
     "The office may be served meanwhile.",
     NULL, rebuild_run, false},
    {"check", "DIR", 1, 1, "Look whether everything in the folder is sound",
     "Opens the store, reads every article in every language, looks whether its text is clean HTML, its picture is "
     "there and the search index says the same, and opens the counters. Reads the ledger whole and compares its tiles, "
     "its counts and its signed checkpoint with its entries, the public documents with what commits to them, and the "
     "words of every text, earlier ones too, with what was committed to then. Prints what is wrong, a line each, and "
     "exits 1 when anything is.",
     json_options, check_run, false},
    {"verify", "[PLACE|FILE]", 0, 1, "Prove or refute a ledger, a proof, or the page of an article",
     "PLACE is the address of an office or of a log (https://www.example.org), or a folder with a mirror: all of it is "
     "followed; every entry is hashed, every tile compared, the root and the signature checked, and the log compared "
     "with what it was at an earlier look. FILE is a proof (.tlog-proof), which is checked offline.\n"
     "At the first look the log's key is taken from the log itself, unless --vkey or --policy gives one, and "
     "remembered: under the log's name where it is at home at that address, else for this address only; of a folder "
     "not at all, as anybody could have made one. Later looks refute a log that another key signs, that was rolled "
     "back, or that was forked. Where the log's keys were changed since, its signed lists of keys lead from the one "
     "that is known, however old, to those that sign today.\n"
     "Exits 0 when it is proven, 1 when it is refuted (the exact place is named), 2 when it could not be told.",
     verify_options, verify_run, false},
    {"verify fork", "A B", 2, 2, "Do two checkpoints prove that their log showed two histories?",
     "A and B are checkpoints of one log, as files. Two of one size with different roots are a proof by themselves; "
     "where the sizes differ, --log says where the tiles are. Exits 0 when the fork is proven, 1 when it is none, 2 "
     "when it could not be told.",
     fork_options, verify_fork_run, false},
    {"ledger status", "DIR", 1, 1, "How the ledger stands: entries, the last checkpoint, keys", NULL, json_options,
     ledger_status_run, false},
    {"ledger rotate", "DIR", 1, 1, "Sign with a new key beside the old one",
     "Both sign every checkpoint until daylight ledger retire. An entry of the log names the new key. The server must "
     "be stopped meanwhile.",
     NULL, ledger_rotate_run, false},
    {"ledger retire", "DIR", 1, 1, "End the old key after a rotation: it signs no more, and its secret is removed",
     "The server must be stopped meanwhile.", NULL, ledger_retire_run, false},
    {"ledger use-spare", "DIR FILE", 2, 2,
     "Sign with the spare key that the log announced, instead of a lost or stolen key",
     "FILE is the DIR/keys/ledger-spare.key that was kept elsewhere. The keys that signed until now are retired, and a "
     "new spare is made, to be taken elsewhere. The server must be stopped meanwhile.",
     NULL, ledger_use_spare_run, false},
    {"ledger recover", "DIR FILE", 2, 2, "Let the signer go on after its state was lost",
     "FILE is the newest checkpoint of the log that anybody holds: a witness, a mirror, a reader's proof. One that is "
     "older than what was signed since would let two histories be signed, which everybody can prove: look for the "
     "newest.",
     NULL, ledger_recover_run, false},
    {"ledger incident", "DIR", 1, 1, "Say in public what went wrong with the ledger or its running",
     "The words stand at /ledger/incidents, and an entry commits to them, so that they cannot be taken back.",
     incident_options, ledger_incident_run, false},
    {"ledger mirror", "PLACE DIR", 2, 2, "Copy a log into the folder DIR, and each time what is new",
     "Nothing is kept before it was followed up to the signed root and found consistent with the copy that is there. "
     "The folder is laid out as the log is served, with its lists of keys; daylight verify DIR works on it offline. "
     "Exits 0 when the copy is whole, 1 when the log is refuted, 2 when it could not be told.",
     mirror_options, ledger_mirror_run, false},
    {"signer", "DIR", 1, 1, "Sign checkpoints for the process at the other end of descriptor 3", NULL, NULL, signer_run,
     true},
    {"manpage", "", 0, 0, "Print the man page", NULL, NULL, manpage_run, true},
    {"completion", "", 0, 0, "Print the completion for bash", NULL, NULL, completion_run, true},
    {0}};

static int print(const struct buf *text) {
    if (buf_failed(text) || fwrite(text->p, 1, text->n, stdout) != text->n || fflush(stdout)) {
        fputs("daylight: it could not be printed\n", stderr);
        return 1;
    }
    return 0;
}

static int run_one(const struct command *c, const struct arguments *a, struct arena *arena) {
    struct err err = {0};
    log_set(LOG_NOTHING, LOG_LOGFMT); /* a command says its sentence itself; serve sets what site.ini says */
    int result = c->run(a, arena, &err);
    if (result < 0 || result == COMMAND_WRONG) {
        fprintf(stderr, "daylight %s: %s\n", c->name, err.text[0] ? err.text : err_sentence(result));
        return result == COMMAND_WRONG ? 2 : 1;
    }
    if (fflush(stdout)) {
        fprintf(stderr, "daylight %s: standard output: it could not be written whole\n", c->name);
        return 1;
    }
    return result ? 1 : 0;
}

int commands_run(const struct command *table, int argc, char *const *argv) {
    ARENA_LOCAL(arena, 0);
    BUF_LOCAL(text);
    const struct command *c = NULL;
    struct arguments *a = NULL;
    struct err err = {0};
    size_t n = argc > 1 ? (size_t)argc - 1 : 0;
    switch (arguments_parse(table, n, argv + 1, arena, &c, &a, &err)) {
    case PARSE_HELP:
        if (c)
            command_add_help(&text, c);
        else
            command_add_overview(&text, table);
        return print(&text);
    case PARSE_VERSION:
        buf_add_z(&text, "daylight " DAYLIGHT_VERSION "\n");
        return print(&text);
    case PARSE_RUN:
        return run_one(c, a, arena);
    case PARSE_WRONG:
        break;
    }
    fprintf(stderr, "daylight%s%s: %s\n", c ? " " : "", c ? c->name : "", err.text);
    return 2;
}
