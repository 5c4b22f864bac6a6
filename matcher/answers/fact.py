"""Format of a line of a shared-answers file (JSON lines): a fact that a supplier stated, or the withdrawal of a fact, signed by an installation.

The signature (Ed25519, RFC 8032) covers the canonical JSON (RFC 8785) of the line without its `signature`: names sorted, no space, UTF-8,
integers only. docs/answers.md describes the file, `line_schema` returns its JSON schema. The e-mail address of a fact is a service mailbox: no
word of it is a person's name. This module does no input or output."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Meta

from importers.emit import is_box
from matcher.reference.geography.communes import communes_named

FORMAT, VERSION = "entremise-reponses", 1
LONGEST_LINE = 4_096  # bytes; a full answer has some 900
MOST_PEOPLE = 10_000
CONTRACT_SIZES: Mapping[str, str] = {
    "0-10000": "moins de 10 000 €",
    "10000-40000": "10 000 à 40 000 €",
    "40000-90000": "40 000 à 90 000 €",
    "90000-220000": "90 000 à 220 000 €",
    "220000-": "plus de 220 000 €",
}
CONTRACT_DURATIONS: Mapping[str, str] = {
    "une-fois": "une seule fois",
    "0-12": "moins d’un an",
    "12-24": "un à deux ans",
    "24-": "plus de deux ans",
}
CONTRACT_SEASONS: Mapping[str, str] = {
    "annee": "toute l’année",
    "sauf-aout": "toute l’année sauf août",
    "printemps-ete": "printemps et été",
    "automne-hiver": "automne et hiver",
}
PRICE_BASES: Mapping[str, str] = {
    "heure": "à l’heure",
    "jour": "à la journée",
    "surface": "au m²",
    "unite": "à l’unité",
    "poids": "au kilo",
    "forfait": "au forfait",
}
Way = Literal["lien", "telephone"]
_Trades = Annotated[list[Annotated[str, Meta(pattern=r"^[a-z0-9.-]{1,80}$")]], Meta(max_length=40)]
_Area = Annotated[str, Meta(pattern=r"^(?:km:[0-9]{1,3}|dep:(?:[0-9]{2,3}|2[AB])|reg:[0-9]{2}|pays:FR)$")]
_Key = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{43}$", description="La clé publique Ed25519 de l’installation.")]
_Signature = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{86}$", description="La signature de la ligne sans ce champ.")]


class LineRefused(Exception):
    """A line is refused; the message is the reason, in French."""


class SharedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type"):
    """Une ligne du fichier : son format, ce qu’elle nomme, jusqu’à quand elle vaut, qui la signe."""

    format: Literal["entremise-reponses"]
    version: Literal[1]
    id: Annotated[
        str, Meta(pattern="^[0-9a-f]{32}$", description="Tiré au hasard, et gardé tant que le fait ne change pas.")
    ]
    cle: _Key
    fin: Annotated[date, Meta(description="Le jour où le fait cesse de valoir.")]


class SharedFact(SharedLine, frozen=True, kw_only=True, tag="fait"):
    """Un fait : ce qu’une structure a répondu d’elle-même, case par case. `siret`, `telephone`, `courriel` et `date_maj` sont les champs de data·inclusion."""

    date_maj: Annotated[date, Meta(description="Le jour de la réponse.")]
    par: Annotated[str, Meta(min_length=1, max_length=200, description="L’organisation à qui elle a répondu.")]
    voie: Annotated[Way, Meta(description="Par son lien, ou confirmée par une personne au téléphone.")]
    annuaire: Annotated[
        str, Meta(max_length=100, description="L’annuaire qui donne l’adresse où le lien est parti.")
    ] = ""
    siret: Annotated[str, Meta(pattern="^(?:[0-9]{14})?$")] = ""
    finess: Annotated[str, Meta(pattern="^(?:[0-9]{9})?$", description="Où elle n’a pas de SIRET.")] = ""
    metiers: Annotated[_Trades, Meta(description="Les métiers qu’elle fait, par leur code.")] = []
    refus: Annotated[_Trades, Meta(description="Les métiers qu’elle ne fait pas.")] = []
    effectif: Annotated[int, Meta(ge=1, le=MOST_PEOPLE)] | None = None
    zone: Annotated[list[_Area], Meta(max_length=120, description="Jusqu’où elle va.")] = []
    taille_marche: Literal["", "0-10000", "10000-40000", "40000-90000", "90000-220000", "220000-"] = ""
    duree_marche: Literal["", "une-fois", "0-12", "12-24", "24-"] = ""
    saison: Literal["", "annee", "sauf-aout", "printemps-ete", "automne-hiver"] = ""
    base_prix: Literal["", "heure", "jour", "surface", "unite", "poids", "forfait"] = ""
    telephone: Annotated[str, Meta(pattern=r"^(?:\+[0-9]{9,15})?$")] = ""
    courriel: Annotated[str, Meta(max_length=254, description="Une boîte de service, jamais celle d’une personne.")] = (
        ""
    )
    signature: _Signature | Literal[""] = ""

    @property
    def supplier_key(self) -> str:
        """Key of the supplier that the fact describes: its SIRET, else its FINESS number."""
        return f"siret:{self.siret}" if self.siret else f"finess:{self.finess}"


class SharedWithdrawal(SharedLine, frozen=True, kw_only=True, tag="retrait"):
    """Un retrait : le fait de cet identifiant n’est plus dit, et s’efface partout où il est allé."""

    signature: _Signature | Literal[""] = ""


Line = SharedFact | SharedWithdrawal
L = TypeVar("L", SharedFact, SharedWithdrawal)
# What the decoder raises on bytes that are not JSON, are nested too deep or are not UTF-8.
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


class _Head(msgspec.Struct):
    format: str = ""
    version: int = 0


_HEAD, _LINE = msgspec.json.Decoder(_Head), msgspec.json.Decoder(SharedFact | SharedWithdrawal)


def line_schema() -> dict[str, Any]:
    """Return the JSON schema of a line (2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **msgspec.json.schema(SharedFact | SharedWithdrawal),
    }


def canonical(line: Line) -> bytes:
    """Return the bytes that the signature of a line covers."""
    values = msgspec.to_builtins(line)
    values.pop("signature", None)
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_mark(fact: SharedFact) -> str:
    """Return a SHA-256 digest of a fact without its identifier and key: equal contents have equal digests."""
    return hashlib.sha256(canonical(msgspec.structs.replace(fact, id="", cle=""))).hexdigest()


def public_text(key: Ed25519PublicKey) -> str:
    """Encode a public key as 43 base64url characters."""
    return _base64(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def public_key(text: str) -> Ed25519PublicKey:
    """Decode a public key that `public_text` encoded. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(_bytes(text))


def sign_line(line: L, key: Ed25519PrivateKey) -> L:
    """Return a line with its signature."""
    return msgspec.structs.replace(line, signature=_base64(key.sign(canonical(line))))


def encode_line(line: Line) -> bytes:
    """Encode a line as JSON, without a line break."""
    return msgspec.json.encode(line)


def read_line(content: bytes) -> Line:
    """Decode and validate a line; its signature is not checked. Raises LineRefused."""
    try:
        line: Line = _LINE.decode(content)
    except _UNREADABLE as error:
        raise LineRefused(_fault(content, error)) from error
    if isinstance(line, SharedFact) and bool(line.siret) == bool(line.finess):
        raise LineRefused("un fait porte un SIRET, ou à défaut un numéro FINESS")
    return line


def _fault(content: bytes, error: Exception) -> str:
    """Return the reason, in French, for which a line cannot be decoded: its format or version first."""
    try:
        head = _HEAD.decode(content)
    except _UNREADABLE:
        return "ce n’est pas une ligne de ce format (un objet JSON)"
    if head.format != FORMAT:
        return f"format « {head.format[:40]} » : attendu « {FORMAT} »"
    if head.version != VERSION:
        return f"version {head.version} : cette installation lit la version {VERSION}"
    return f"forme non reconnue : {str(error)[:200]}"


def check_signature(line: Line, key: Ed25519PublicKey) -> None:
    """Raise LineRefused where the signature of a line is not valid for this key."""
    try:
        key.verify(_bytes(line.signature), canonical(line))
    except (InvalidSignature, ValueError) as error:
        raise LineRefused("signature fausse : la ligne a été changée, ou n’est pas de cette clé") from error


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# Inhabitants under which the name of a commune may be a person's: Marie has 109.
_LEAST_PEOPLE = 1_000


def is_service_box(email: str) -> bool:
    """Return whether an e-mail address is surely no person's: « contact@ », « accueil.arras@ », not « direction.martin@ »."""
    return is_box(email, lambda name: any((town.population or 0) >= _LEAST_PEOPLE for town in communes_named(name)))
