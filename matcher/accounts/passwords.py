"""Passwords: which are refused, and how one is kept (Argon2id) and verified."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128  # characters; the longest bounds the work that one attempt asks for
_FEWEST = 5  # different characters
_NAME_COUNTS = 4  # letters from which a name inside a password gives it away

# What people write most when twelve characters are asked for, without their digits and marks: the lists of leaked passwords, in short.
_COMMON = frozenset(
    (
        *("password", "passwordpassword", "motdepasse", "motdepassemotdepasse", "monmotdepasse", "nouveaumotdepasse"),
        *("azerty", "azertyuiop", "azertyazerty", "qwerty", "qwertyuiop", "qwertyqwerty", "qsdfghjklm", "wxcvbn"),
        *(
            "administrateur",
            "administrator",
            "admin",
            "adminadmin",
            "utilisateur",
            "bienvenue",
            "bonjour",
            "bonjourbonjour",
        ),
        *(
            "entremise",
            "entremiseentremise",
            "marchespublics",
            "commandepublique",
            "acheteur",
            "mairie",
            "collectivite",
        ),
        *("iloveyou", "jetaime", "jetaimejetaime", "doudou", "chouchou", "soleil", "loulou", "marseille", "france"),
        *("changeme", "changemenow", "letmein", "welcome", "abcdefghijkl", "abcdefghijklm", "secret", "secretsecret"),
    )
)

# The parameters of the library, those of RFC 9106 for small memories: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHasher()
# Verified where there is no account, so that an unknown name takes as long as a wrong password: the hash of thirty-two random bytes, written
# here because a hash takes a quarter of a second, which every command would wait for.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$uGIeKKkJvm4nA5kSEb7zlw$nf5NFOtKN0oq0J6egjL/KXRe4jOaAA8Vevccbz/DzEs"


class PasswordRefused(Exception):
    """A password that protects too little. The message is French."""


def hash_password(password: str, login: str) -> str:
    """Return what is kept of a password: salted Argon2id. Raises PasswordRefused where it is too weak for this login."""
    if reason := weakness(password, login):
        raise PasswordRefused(reason)
    return _HASHER.hash(_normal(password))


def verify_password(password_hash: str, password: str) -> bool:
    """Return whether a password is the one that was kept; False for one too long to be tried."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(password_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def same(password: str, other: str) -> bool:
    """Return whether two passwords are one, as they are kept."""
    return _normal(password) == _normal(other)


def needs_rehash(password_hash: str) -> bool:
    """Return whether a hash was made with weaker parameters than today's, and is to be made again at the next sign-in."""
    return _HASHER.check_needs_rehash(password_hash)


def rehash_password(password: str) -> str:
    """Return a verified password kept with the parameters of today."""
    return _HASHER.hash(_normal(password))


def weakness(password: str, login: str) -> str:
    """Return in French why a password is refused, empty where it is not."""
    text = _normal(password)
    letters = "".join(character for character in text.casefold() if character.isalpha())
    if not SHORTEST <= len(text) <= LONGEST:
        return f"Le mot de passe compte {SHORTEST} à {LONGEST} caractères : une phrase convient."
    if len(set(text.casefold())) < _FEWEST:
        return "Ce mot de passe répète les mêmes caractères : choisissez-en un autre."
    if letters in _COMMON or text.isdigit():
        return "Ce mot de passe est parmi les plus courants : choisissez-en un autre."
    whole = _normal(login).casefold()
    names = [name for name in (whole, whole.partition("@")[0]) if len(name) >= _NAME_COUNTS]
    if any(name in text.casefold() for name in names):
        return "Le mot de passe contient votre nom de connexion : choisissez-en un autre."
    return ""


def _normal(password: str) -> str:
    """The same characters whatever the keyboard that typed them."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode("utf-8"))
