"""Password policy (length, common words, login inside), hashing with Argon2id, and verification."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128  # characters; the longest bounds the hashing work of an attempt
_FEWEST = 5  # different characters
_NAME_COUNTS = 4  # letters from which a login inside a password is refused

# The most common long passwords of leaked lists, without digits and punctuation.
_COMMON = frozenset(
    (
        *("password", "passwordpassword", "motdepasse", "motdepassemotdepasse", "monmotdepasse", "nouveaumotdepasse"),
        *("azerty", "azertyuiop", "azertyazerty", "qwerty", "qwertyuiop", "qwertyqwerty", "qsdfghjklm", "wxcvbn"),
        *("administrateur", "administrator", "admin", "adminadmin", "utilisateur", "bienvenue", "bonjour"),
        *("bonjourbonjour", "entremise", "entremiseentremise", "marchespublics", "commandepublique", "acheteur"),
        *("mairie", "collectivite"),
        *("iloveyou", "jetaime", "jetaimejetaime", "doudou", "chouchou", "soleil", "loulou", "marseille", "france"),
        *("changeme", "changemenow", "letmein", "welcome", "abcdefghijkl", "abcdefghijklm", "secret", "secretsecret"),
    )
)

# Default parameters of the library, RFC 9106 for low memory: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHasher()
# Hash of random bytes, verified where there is no account, so that an unknown login takes as long as a wrong password. A constant: to compute it
# would slow every command by a quarter of a second.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$uGIeKKkJvm4nA5kSEb7zlw$nf5NFOtKN0oq0J6egjL/KXRe4jOaAA8Vevccbz/DzEs"


class PasswordRefused(Exception):
    """The password is too weak; the message is in French."""


def hash_password(password: str, login: str) -> str:
    """Return the salted Argon2id hash of a password. Raises PasswordRefused where it is too weak for this login."""
    if reason := weakness(password, login):
        raise PasswordRefused(reason)
    return _HASHER.hash(_normal(password))


def verify_password(password_hash: str, password: str) -> bool:
    """Return whether a password matches a hash; False for one longer than `LONGEST`."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(password_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def same(password: str, other: str) -> bool:
    """Return whether two passwords are equal once normalised."""
    return _normal(password) == _normal(other)


def needs_rehash(password_hash: str) -> bool:
    """Return whether a hash has weaker parameters than today's, and must be recomputed at the next sign-in."""
    return _HASHER.check_needs_rehash(password_hash)


def rehash_password(password: str) -> str:
    """Return the hash of a verified password with today's parameters, without checking its strength."""
    return _HASHER.hash(_normal(password))


def weakness(password: str, login: str) -> str:
    """Return in French why a password is too weak, empty where it is not."""
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
    """Return a password in Unicode form NFKC, the same whichever keyboard typed it."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode("utf-8"))
