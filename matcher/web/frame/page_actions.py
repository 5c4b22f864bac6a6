"""Permission table of the pages: the action that a role must allow, by Flask endpoint, and the endpoints open to everyone. A new page is a word here,
in `PAGES`."""

from collections.abc import Mapping

from matcher.accounts.roles import Action

# Pages of the one-time link, open while there is no account.
FIRST_ACCOUNT = frozenset({"accounts.first", "accounts.open_first"})
# Open without signing in: static files, sign-in pages, legal notices, and the pages of a secret link (first account, Club registration, a
# participant's page, a supplier's page of published lots, the page where a supplier answers).
OPEN = FIRST_ACCOUNT | frozenset(
    {
        *("static", "accounts.sign_in", "accounts.enter", "accounts.sign_out", "openid.leave", "openid.comes_back"),
        *("help.accessibility", "help.privacy", "help.legal", "registration_form.form", "registration_form.send"),
        *("own_page.show", "own_page.state", "own_page.calendar", "own_page.act", "own_page.mail", "own_page.profile"),
        *("own_page.amend", "who_comes.show", "own_watch.show", "own_watch.one", "own_watch.refused"),
        *("own_watch.download", "own_watch.calendar", "own_watch.judge", "own_watch.mail"),
        *("answering.show", "answering.send", "answering.prefer", "answering.withdraw"),
    }
)

# The pages of each blueprint, by the action that the role must allow: names of endpoints, separated by spaces.
PAGES: Mapping[str, Mapping[Action, str]] = {
    "form": {Action.READ: "form forget complete"},
    "tender": {Action.READ: "index show", Action.KEEP_DOSSIERS: "drop verify forget"},
    "candidates": {Action.READ: "show refused outlines printed", Action.EXPORT: "download correction"},
    "why": {Action.READ: "compare show"},
    "opinion": {Action.READ: "show", Action.EXPORT: "download"},
    "groupement": {Action.READ: "show", Action.EXPORT: "download"},
    "allotment": {
        Action.READ: "show start told",
        Action.EXPORT: "download",
        Action.KEEP_DOSSIERS: "abandon columns tell_columns",
    },
    "clause_hours": {
        Action.READ: "show show_costs",
        Action.EXPORT: "download",
        Action.REVIEW: "edit_costs fill_costs note_price_index",
    },
    "clause": {Action.READ: "show", Action.EXPORT: "download"},
    "coverage": {
        Action.READ: "show start told structure",
        Action.EXPORT: "download download_sheet",
        Action.KEEP_DOSSIERS: "abandon columns tell_columns",
    },
    "save_decision": {Action.KEEP_DOSSIERS: "choose keep remove"},
    "save_list": {Action.KEEP_DOSSIERS: "choose keep keep_tender keep_programme"},
    "dossiers": {
        Action.READ: "index show changed printed print_style",
        Action.EXPORT: "download download_list corrected",
        Action.KEEP_DOSSIERS: "new create choose_file bring_file bringing abandon_file edit describe note turn",
    },
    "follow": {Action.KEEP_DOSSIERS: "edit record remove write_entry find add remove_lot"},
    "annual_report": {Action.READ: "show", Action.EXPORT: "download"},
    "hours": {
        Action.READ: "index show",
        Action.EXPORT: "download",
        Action.KEEP_DOSSIERS: "promise record paste remove correct move",
    },
    "calls": {Action.READ: "show", Action.KEEP_DOSSIERS: "record undo settle", Action.CORRECT: "learn"},
    "messages": {Action.KEEP_DOSSIERS: "prepare act"},
    "campaigns": {Action.READ: "index", Action.EXPORT: "download", Action.KEEP_DOSSIERS: "choose prepare"},
    "campaign": {
        Action.READ: "show",
        Action.KEEP_DOSSIERS: "send_all hand_over turn write_one",
        Action.CORRECT: "judge",
    },
    "purchases": {
        Action.READ: "index history show all_past_suppliers",
        Action.EXPORT: "download",
        Action.KEEP_DOSSIERS: "drop drop_history columns tell_columns settle_name tell keep_all drop_past_suppliers again forget",
    },
    "families": {Action.READ: "show", Action.EXPORT: "download", Action.KEEP_DOSSIERS: "correct"},
    "recognition": {Action.READ: "show show_moved check", Action.EXPORT: "download", Action.KEEP_DOSSIERS: "drop"},
    "search": {Action.READ: "index conflicts quality"},
    "supplier": {Action.READ: "show", Action.CORRECT: "correction withdrawal suggestion wrong_number new create"},
    "review": {Action.REVIEW: "show judge judge_row withdraw"},
    "directories": {Action.IMPORT: "show take stop"},
    "imports": {Action.IMPORT: "index drop show columns tell_columns again confirm abandon undo"},
    "lots": {Action.READ: "index", Action.KEEP_DOSSIERS: "follow close"},
    "supplier_lots": {Action.READ: "show refused", Action.EXPORT: "download", Action.KEEP_DOSSIERS: "give"},
    "lists": {Action.READ: "territory renewals", Action.EXPORT: "download_territory download_renewals"},
    "published_lot": {Action.READ: "show candidates", Action.KEEP_DOSSIERS: "open_dossier", Action.CORRECT: "confirm"},
    "plaquette": {Action.READ: "show printed print_style", Action.EXPORT: "download"},
    "interlocutors": {Action.READ: "show", Action.CORRECT: "edit keep remove"},
    "timetable": {
        Action.READ: "index show",
        Action.EXPORT: "download",
        Action.KEEP_EVENTS: "new create plan try_remedies edit describe turn",
    },
    "participants": {Action.READ: "index", Action.KEEP_EVENTS: "new add edit amend withdraw bind answer confirm"},
    "spreadsheets": {Action.KEEP_EVENTS: "index drop show columns tell_columns confirm abandon"},
    "sheets": {Action.READ: "index all_sheets one_sheet badges tables", Action.EXPORT: "calendar"},
    "day": {Action.READ: "follow board state", Action.KEEP_EVENTS: "record preview confirm moved"},
    "entrance": {Action.KEEP_EVENTS: "show state check_in undo"},
    "place": {Action.KEEP_EVENTS: "preview confirm"},
    "registration_form": {Action.KEEP_EVENTS: "show turn sort_out"},
    "participant_links": {Action.KEEP_EVENTS: "show turn"},
    "sequels": {
        Action.READ: "show_report",
        Action.EXPORT: "download_report",
        Action.KEEP_DOSSIERS: "tell_dossier",
        Action.KEEP_EVENTS: "show tell tell_terms choose_next open_next",
        Action.CORRECT: "show_learned accept_learned",
    },
    "elected_sheet": {Action.READ: "show"},
    "help": {Action.READ: "index terms articles method sources"},
    "accounts": {
        Action.READ: "me switch change_password close_sessions tokens give_token revoke_token",
        Action.MANAGE_MEMBERS: "accounts add change",
    },
    "audit": {Action.READ_AUDIT: "show download"},
    "organisations": {
        Action.READ: "mine logo",
        Action.DESCRIBE_ORGANISATION: "describe say_persona give_logo drop_logo",
        Action.ADMINISTER: "index create change",
    },
}
# The same by endpoint, « blueprint.page ».
NEEDS: Mapping[str, Action] = {
    f"{blueprint}.{page}": action
    for blueprint, pages in PAGES.items()
    for action, names in pages.items()
    for page in names.split()
}
