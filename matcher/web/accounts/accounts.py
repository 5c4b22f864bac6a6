"""Pages of sign-in and sign-out, of a person's own password, sessions and API tokens, of the administration of accounts, and of the first account."""

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from matcher.accounts import api_tokens, organisations, sessions, store
from matcher.accounts.first_account import link_opens
from matcher.accounts.passwords import LONGEST, SHORTEST, PasswordRefused, same, weakness
from matcher.accounts.roles import PERMISSIONS, Role, allowed_actions
from matcher.accounts.sessions import (
    PasswordExpired,
    SignedIn,
    SignInRefused,
    SignInThrottled,
    end_session,
    sign_in_by_password,
)
from matcher.accounts.store import Account, AccountRefused
from matcher.cleaning.numbers import whole_number
from matcher.journal.change import without_unseen
from matcher.ownership import FIRST_ORGANISATION
from matcher.web.accounts.openid import begin, close_session, provider_page, refusal_response, sign_in_page
from matcher.web.frame.access import TOKEN, go_into, safe_address
from matcher.web.frame.app_state import account, desk, membership, owner
from matcher.web.frame.forms import Line, OneOf, PageForm

pages = Blueprint("accounts", __name__)


@pages.get("/premier-compte/<token>")
def first(token: str) -> ResponseReturnValue:
    """Show the form that creates the first account, at the one-time link that `entremise serve` printed."""
    return _first_account_page(token, {})


@pages.post("/premier-compte/<token>")
def open_first(token: str) -> ResponseReturnValue:
    """Create the first account, an administrator's, and sign the person in; the link is then invalid."""
    if not _is_link_valid(token):
        return _first_account_page(token, {})
    login, password = _line("login"), request.form.get("password", "")
    try:
        store.add_account(
            desk().engine,
            login,
            password,
            Role.ADMINISTRATOR,
            FIRST_ORGANISATION,
            name=_line("name"),
            author=login,
            now=desk().now(),
            first=True,
        )
    except AccountRefused as refusal:
        return _first_account_page(token, {"login": str(refusal)})
    except PasswordRefused as refusal:
        return _first_account_page(token, {"password": str(refusal)})
    begin(_sign_in(login, password))
    flash("Votre compte est ouvert. Ouvrez ici celui de chaque personne de l’équipe.")
    return redirect(url_for("accounts.accounts"), 303)


@pages.get("/connexion", endpoint="sign_in")
def show_sign_in() -> ResponseReturnValue:
    """Show the sign-in page; redirect on if already signed in, or if there are no accounts."""
    back = safe_address(request.args.get("next", "/"))
    if account() is not None or not desk().team():
        return redirect(back, 303)
    return sign_in_page(back)


@pages.post("/connexion", endpoint="enter")
def enter_account() -> ResponseReturnValue:
    """Sign in by password, and redirect to the page wanted before."""
    back, login = safe_address(request.form.get("next", "/")), _line("login")
    try:
        opened = _sign_in(login, request.form.get("password", ""))
    except SignInRefused as refusal:
        return sign_in_page(back, login, refusal)
    begin(opened)
    return redirect(back, 303)


@pages.post("/deconnexion", endpoint="sign_out")
def leave_account() -> ResponseReturnValue:
    """End the session, here, in the database, and at the identity provider that opened it."""
    id_token = end_session(desk().engine, str(session.get(TOKEN, "")), now=desk().now())
    close_session()
    provider, door = desk().identity_provider, url_for("accounts.sign_in")
    exit_url = provider.end_of_session(id_token, provider.settings.address + door) if id_token and provider else None
    answer = make_response(provider_page(exit_url) if exit_url else redirect(door, 303))
    # Not « storage »: it holds notes taken offline and not sent yet; the script of the sign-in page deletes the cached pages.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@pages.post("/organisation")
def switch() -> ResponseReturnValue:
    """Switch to another of the person's organisations; forms opened in the former one become invalid. `dossier`: number of a dossier to open there."""
    wanted = whole_number(request.form.get("organisation", ""))
    membership = next((one for one in own_account().memberships if one.owner == wanted), None) or abort(404)
    go_into(membership)
    dossier = whole_number(request.form.get("dossier", ""))
    return redirect("/" if dossier is None else url_for("dossiers.show", number=dossier), 303)


@pages.get("/mon-compte")
def me() -> ResponseReturnValue:
    """Show the own account: identity, allowed actions, change of password, open sessions."""
    return _own_page(own_account(), {})


@pages.post("/mon-compte")
def change_password() -> ResponseReturnValue:
    """Change the own password, once the current one is verified; all sessions end, and a new one opens here."""
    person = own_account()
    former, wanted = request.form.get("former", ""), request.form.get("password", "")
    if wanted != request.form.get("again", ""):
        return _own_page(person, {"again": "Les deux mots de passe ne sont pas les mêmes."}), 422
    wrong = "Le nouveau doit être un autre que l’actuel." if same(wanted, former) else weakness(wanted, person.login)
    if wrong:
        return _own_page(person, {"password": wrong}), 422
    try:
        _sign_in(person.login, former)
        store.set_password(desk().engine, person.login, wanted, author=person.login, now=desk().now())
    except SignInRefused as refusal:
        is_specific = isinstance(refusal, SignInThrottled | PasswordExpired)
        fault = str(refusal) if is_specific else "Ce n’est pas votre mot de passe actuel."
        return refusal_response(_own_page(person, {"former": fault}), refusal)
    begin(_sign_in(person.login, wanted))
    flash("Votre mot de passe est changé ; vos autres sessions sont fermées.")
    return redirect(url_for("accounts.me"), 303)


@pages.post("/mon-compte/sessions")
def close_sessions() -> ResponseReturnValue:
    """End another own session, by the number in `session`, or all others (« autres »)."""
    wanted = request.form.get("session", "")
    number = None if wanted == "autres" else whole_number(wanted, range(1, 2**31)) or abort(400)
    ended = sessions.close_others(desk().engine, own_account(), str(session[TOKEN]), number, now=desk().now())
    notice = "Cette session est fermée." if ended else "Cette session était déjà fermée."
    flash(notice if number else "Vos autres sessions sont fermées.")
    return redirect(url_for("accounts.me"), 303)


def _own_page(person: Account, faults: dict[str, str]) -> str:
    open_sessions = sessions.own_sessions(desk().engine, person, str(session[TOKEN]), now=desk().now())
    return render_template("accounts/moi.html", faults=faults, sessions=open_sessions, **_rules(person))


@pages.get("/comptes")
def accounts() -> ResponseReturnValue:
    """List the accounts that the person may change, with the possible acts; without accounts, show how to create the first."""
    return _accounts_page({})


@pages.post("/comptes", endpoint="add")
def open_account() -> ResponseReturnValue:
    """Create an account in the own organisation."""
    person = own_account()
    login, name, role = _line("login"), _line("name"), _role()
    password = request.form.get("password", "")
    without_password = not password and desk().identity_provider is not None
    secret = None if without_password else password
    try:
        store.add_account(
            desk().engine,
            login,
            secret,
            role,
            owner(),
            name=name,
            author=person.login,
            now=desk().now(),
            temporary=True,
        )
    except AccountRefused as refusal:
        return _accounts_page({"login": str(refusal)}), 422
    except PasswordRefused as refusal:
        return _accounts_page({"password": str(refusal)}), 422
    next_step = (
        "La personne s’identifie"
        if without_password
        else "Donnez le mot de passe de vive voix ; la personne choisira le sien en entrant, sous sept jours"
    )
    flash(f"Le compte « {login} » est ouvert. {next_step}.")
    return redirect(url_for("accounts.accounts"), 303)


@pages.post("/comptes/<int(max=2147483647):number>", endpoint="change")
def change_account(number: int) -> ResponseReturnValue:
    """Apply the act in the field `faire` to an account, or to its membership of the own organisation."""
    person, act = own_account(), request.form.get("faire", "")
    account = next((one for one in _editable_accounts(person) if one.id == number), None) or abort(404)
    if act not in _MEMBERSHIP_ACTS | _ACCOUNT_ACTS:
        abort(400)
    if act not in _MEMBERSHIP_ACTS and not _may_change(person, account):
        abort(403)
    try:
        notice = _act_on(account, act, person.login)
    except (AccountRefused, PasswordRefused) as refusal:
        return _accounts_page({str(number): str(refusal)}), 422
    flash(notice)
    return redirect(url_for("accounts.accounts"), 303)


# Acts on the membership of this organisation; the others change the account in all its organisations.
_MEMBERSHIP_ACTS = frozenset({"role", "retirer"})
_ACCOUNT_ACTS = frozenset({"mot-de-passe", "sans-mot-de-passe", "desactiver", "activer", "fermer", "detacher"})


def _act_on(account: Account, act: str, author: str) -> str:
    """Apply an act to an account, and return the confirmation in French. Raises AccountRefused, PasswordRefused."""
    engine, login, now = desk().engine, account.login, desk().now()
    match act:
        case "role":
            role = _role()
            organisations.add_member(engine, owner(), login, role, author=author, now=now)
            return f"{account.name} est maintenant {role}."
        case "retirer":
            organisations.remove_member(engine, owner(), login, author=author, now=now)
            return f"{account.name} n’est plus membre."
        case "mot-de-passe":
            wanted, another = request.form.get("password", ""), login != author
            store.set_password(engine, login, wanted, author=author, now=now, temporary=another)
            return f"Le mot de passe de {account.name} est changé ; ses sessions sont fermées."
        case "sans-mot-de-passe":
            if desk().identity_provider is None:
                raise AccountRefused(
                    "Aucun fournisseur d’identité n’est réglé ici : un mot de passe est la seule façon d’entrer."
                )
            store.set_password(engine, login, None, author=author, now=now)
            return f"{account.name} n’a plus de mot de passe ; ses sessions sont fermées."
        case "fermer":
            store.revoke_sessions(engine, login, author=author, now=now)
            return f"Les sessions de {account.name} sont fermées."
        case "detacher":
            sessions.unbind(engine, login, author=author, now=now)
            return f"{account.name} est détaché : sa prochaine connexion le rattachera, par son courriel."
    store.set_active(engine, login, act == "activer", author=author, now=now)
    return (
        f"Le compte de {account.name} est {'réactivé' if act == 'activer' else 'désactivé, et ses sessions fermées'}."
    )


def _editable_accounts(person: Account | None) -> list[Account]:
    """Return the accounts that a person may change: all for an administrator of the installation, else those of their organisation."""
    every = store.list_accounts(desk().engine)
    return every if person is None or person.installation else [one for one in every if one.member_of(owner())]


def _may_change(person: Account | None, account: Account) -> bool:
    """Return whether a person may change the account itself (password…): only if they administer all that it gives access to."""
    return person is not None and (person.installation or account.only_of(owner()))


def _accounts_page(faults: dict[str, str]) -> str:
    person = account()
    listed = [(one, one.member_of(owner()), _may_change(person, one)) for one in _editable_accounts(person)]
    typed = (
        {name: _line(name) for name in ("login", "name", "role")} if "login" in faults or "password" in faults else {}
    )
    page = "accounts/comptes.html"
    return render_template(page, accounts=listed, faults=faults, given=typed, **_rules(person))


def _first_account_page(token: str, faults: dict[str, str]) -> ResponseReturnValue:
    """Render the form of the first account; for an invalid link, the page that gives what to do, with 404."""
    opens = _is_link_valid(token)
    typed = {name: _line(name) for name in ("login", "name")}
    page = render_template("accounts/premier.html", opens=opens, faults=faults, given=typed, **_rules(None))
    return page, (422 if faults else 200) if opens else 404


def _is_link_valid(token: str) -> bool:
    """Return whether the link of the first account is valid: not expired, and no account exists."""
    return not desk().team() and link_opens(current_app.config["SECRET_KEY"], token, desk().now())


def _rules(person: Account | None) -> dict[str, object]:
    member = membership()
    may = allowed_actions(member.role, installation=person.installation) if member and person else frozenset()
    actions = sorted(action.value for action in may)
    return {"who": person, "allowed": actions, "roles": list(Role), "shortest": SHORTEST, "longest": LONGEST}


def own_account() -> Account:
    """Return the account signed in; without one, abort with the page that shows how to create one."""
    return account() or abort(make_response(_accounts_page({}), 404))


def _sign_in(login: str, password: str) -> SignedIn:
    return sign_in_by_password(desk().engine, login, password, address=request.remote_addr or "", now=desk().now())


def _role() -> Role:
    written = request.form.get("role", "")
    if written not in {role.value for role in Role}:
        raise abort(400)
    return Role(written)


def _line(name: str) -> str:
    """Return a form field as one line without invisible characters, cut just beyond the accepted length."""
    text: str = without_unseen(request.form.get(name, ""))
    return " ".join(text.split())[: store.LONGEST_NAME + 1]


class TokenForm(PageForm):
    """Form of a new API token: its purpose, role and duration."""

    name = Line("À quoi il sert", most=api_tokens.LONGEST_NAME, needed="Dites à quoi sert ce jeton.")
    role = OneOf("Ce qu’il permet", [(role.value, role.value) for role in Role], default=Role.READER.value)
    days = Line(
        "Durée",
        lambda text: whole_number(text, range(1, api_tokens.MOST_DAYS + 1)),
        f"« {{}} » n’est pas un nombre de jours, de 1 à {api_tokens.MOST_DAYS}.",
        needed="Dites pour combien de jours.",
        unit="jours",
        default=api_tokens.USUAL_DAYS,
    )


@pages.get("/mon-compte/jetons")
def tokens() -> str:
    """Show the own API tokens, and the form that creates one."""
    return _tokens_page(TokenForm())


@pages.post("/mon-compte/jetons")
def give_token() -> ResponseReturnValue:
    """Create an API token in the current organisation, and show its secret once."""
    form = TokenForm(request.form)
    if form.faults:
        return _tokens_page(form), 422
    own, role = own_account().login, Role(form.role.data)
    try:
        token = api_tokens.issue_token(
            desk().engine, own, owner(), role, name=form.name.data, days=form.days.data, author=own, now=desk().now()
        )
    except AccountRefused as refusal:
        form.faults["name"] = str(refusal)
        return _tokens_page(form), 422
    return _tokens_page(TokenForm(), token)


@pages.post("/mon-compte/jetons/<int(max=2147483647):number>/revocation")
def revoke_token(number: int) -> ResponseReturnValue:
    """Revoke an own API token."""
    own = own_account().login
    try:
        api_tokens.end_token(desk().engine, own, number, author=own, now=desk().now())
    except AccountRefused:
        abort(404)
    flash("Ce jeton n’ouvre plus rien.")
    return redirect(url_for("accounts.tokens"), 303)


def _tokens_page(form: TokenForm, token: str = "") -> str:
    """Render the page of the own tokens; `token` is the secret just created."""
    member, now = membership(), desk().now().replace(tzinfo=None)
    within = [role.value for role in Role if member and PERMISSIONS[role] <= PERMISSIONS[member.role]]
    form.role.choices = [(value, value) for value in within]
    tokens = api_tokens.list_tokens(desk().engine, own_account().login)
    return render_template("accounts/jetons.html", form=form, tokens=tokens, given=token, now=now, here=member)
