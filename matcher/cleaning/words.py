"""French text to comparable words: no case, no accent, no punctuation, no grammar."""

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from Stemmer import Stemmer

_STEM = Stemmer("french").stemWord
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")  # « moins de < 200 m² et > 100 » is no tag
_WORD = re.compile(r"[a-z0-9]+")
# A word as it is written, accents apart from their letters included.
_PIECE = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
# Snowball keeps the s of « vélos », « tissus », « containers », « bûcherons »: after these letters it is a plural as elsewhere.
_PLURAL = re.compile(r"(?<=..[iou]|.er|.it|.on)s$")
# Snowball parts « reconditionnées » from « reconditionnés »: after these letters « ée » is a participle, and no « journée ».
_FEMININE = re.compile(r"(?<=...(?:nn|fi|nt))ee(s?)$")
# « livré » is a delivery and « livre » a book: the accent tells, and folding drops it.
_DELIVERED = re.compile(r"\blivrée?s?\b", re.IGNORECASE)
# Sign for sign, for texts of which one must still know where each word stands.
_LEVEL = str.maketrans(
    {
        **{chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)},
        **{
            sign: plain
            for plain, signs in {
                "a": "àâäáãåÀÂÄÁÃÅæÆ",
                "c": "çÇ",
                "e": "éèêëÉÈÊË",
                "i": "îïíìÎÏÍÌ",
                "o": "ôöóòõÔÖÓÒÕœŒ",
                "u": "ùûüúÙÛÜÚ",
                "y": "ÿŸ",
                "'": "’‘ʼ`´",
                "-": "‑‐–—",
                " ": "\u00a0\u202f\u2009\t",
            }.items()
            for sign in signs
        },
    }
)
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
# An acronym has no plural: « BTS » is no « BT », nor « SMS » an « SM ».
_ACRONYM = re.compile(r"[bcdfghjklmnpqrstvwxz]+")
# « sous » is not among them: « mise sous pli », « sous-traitance ».
_GRAMMAR = frozenset(
    {
        *(
            "a",
            "ai",
            "au",
            "aux",
            "avec",
            "c",
            "ce",
            "ces",
            "cet",
            "cette",
            "d",
            "dans",
            "de",
            "des",
            "du",
            "elle",
            "en",
        ),
        *("es", "est", "et", "etc", "eu", "il", "ils", "j", "je", "l", "la", "le", "les", "leur", "leurs", "m", "me"),
        *("mes", "n", "ne", "nos", "notre", "nous", "on", "ont", "ou", "par", "pas", "pour", "qu", "que", "qui", "s"),
        *("sa", "se", "ses", "si", "son", "sont", "sur", "t", "un", "une", "vos", "votre", "vous", "y", "afin"),
        *("ainsi", "dont", "entre", "lors", "plus", "via"),
    }
)

# Snowball cuts these so short that they meet words of quite another trade (« communication » and « commune », « acier » and the
# ACI, « environnement » and the « environs »): they keep a stem of their own, plural included.
_OWN_STEM = (
    *("acier", "agence", "agencement", "agrafeuse", "agres", "alternateur", "ambroisie", "animal", "animateur"),
    *("armee", "artiste", "aspirateur", "audit", "auditive", "banquet", "banquette", "beta", "billettique", "blanchir"),
    *("branchement", "buse", "cafe", "calculateur", "calculatrice", "carbonique", "chalet", "chassis", "cheminement"),
    *("classement", "cloche", "coagulant", "collecte", "collection", "colonie", "communication", "composite"),
    *("compresse", "compte", "concept", "concert", "concertation", "condiment", "confortement", "conseiller"),
    *("conservateur", "conserve", "course", "couvert", "crepe", "crepi", "crue", "cuisiniste", "dansant", "data"),
    *("dds", "debroussailleuse", "dechargement", "decorateur", "dependant", "design", "designation", "desinfectant"),
    *("dessert", "destine", "direct", "divers", "dune", "edition", "editique", "elevage", "eleve", "enseigne"),
    *(
        "enseignement",
        "environnement",
        "equitation",
        "ergonome",
        "etabli",
        "exposant",
        "fleurissement",
        "flottant",
        "foie",
    ),
    *("fondant", "format", "formation", "foyer", "gala", "gamme", "genet", "implantation", "imprimante", "isolation"),
    *("joue", "liant", "liasse", "livre", "lot", "lotissement", "manga", "marais", "mare", "maree", "meca", "medecine"),
    *("menager", "menue", "mer", "moa", "moe", "natura", "negoce", "note", "oeuvre", "opera", "operation", "oreille"),
    *("ouvrage", "paas", "paie", "paille", "parement", "parka", "part", "partie", "passager", "pellet", "pelleteuse"),
    *("periode", "permanence", "personnalisation", "petit", "place", "planche", "plie", "port", "portant", "porte"),
    *("poster", "prevention", "programmiste", "prospection", "raccord", "raccordement", "ram", "relatif", "relative"),
    *("releve", "repit", "representant", "resineux", "respirable", "restaurant", "retable", "ronde", "roulement"),
    *("saas", "sae", "sauce", "secourisme", "securise", "serie", "solute", "solvant", "sortie", "soude"),
    *("standardiste", "stationnement", "table", "taxi", "tente", "terrasse", "toner", "tonne", "transformateur"),
    *("versement", "voirie"),
)
# What a person wants done, and the name of it: « laver » is « lavage ». Only infinitives: « herbes lavées » are no washing.
_DONE = {
    "laver": "lavage", "nettoyer": "nettoyage", "peindre": "peinture", "repeindre": "peinture", "tondre": "tonte", "elaguer": "elagage",
    "debroussailler": "debroussaillage", "desherber": "desherbage", "entretenir": "entretien", "demenager": "demenagement",
    "imprimer": "impression", "traduire": "traduction", "numeriser": "numerisation", "archiver": "archivage", "reparer": "reparation",
    "repasser": "repassage", "louer": "location", "acheter": "achat", "collecter": "collecte", "recycler": "recyclage", "trier": "tri",
    "balayer": "balayage", "demolir": "demolition", "renover": "renovation", "surveiller": "surveillance", "transporter": "transport",
    "carreler": "carrelage", "deneiger": "deneigement", "desinfecter": "desinfection", "deratiser": "deratisation",
    "confectionner": "confection", "ramasser": "ramassage", "cabler": "cablage", "coudre": "couture", "broyer": "broyage",
    "debarrasser": "debarras", "depanner": "depannage", "planter": "plantation", "assembler": "assemblage", "emballer": "emballage",
    "etiqueter": "etiquetage", "stocker": "stockage", "faucher": "fauchage", "curer": "curage", "desamianter": "desamiantage",
    "isoler": "isolation", "detruire": "destruction", "former": "formation", "rediger": "redaction", "abattre": "abattage",
    "arroser": "arrosage", "souder": "soudure", "eplucher": "epluchage",
}  # fmt: skip
_STEMS = {word: word for word in _OWN_STEM} | {f"{word}s": word for word in _OWN_STEM} | {"cours": "cours"}
# « œ » is lost by files of the 1990s’ character sets: « gros uvre », « maîtrise d’?uvre ».
_STEMS |= {"uvre": "oeuvre", "uvres": "oeuvre"}


# The accents of Latin letters once decomposed, all combining but the grapheme joiner (U+034F).
_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]+")


def without_tags(text: str) -> str:
    """Return `text` with its tags as spaces, and its entities as what they stand for."""
    return _TAG.sub(" ", html.unescape(text)) if "<" in text or "&" in text else text


def fold(text: str) -> str:
    """Return `text` in lower case ASCII: tags and entities removed, œ as oe, accents dropped, the rest kept."""
    plain = without_tags(text)
    if plain.isascii():
        return plain.lower()
    delivered = _DELIVERED.sub("livraison", unicodedata.normalize("NFC", plain))
    decomposed = _ACCENTS.sub("", unicodedata.normalize("NFKD", delivered.translate(_LIGATURES)).lower())
    if decomposed.isascii():
        return decomposed
    # combining accents go; any other character outside ASCII separates words, as a space does
    return "".join(c if c.isascii() else " " for c in decomposed if not unicodedata.combining(c))


def flat(text: str) -> str:
    """Return `text` sign for sign in lower case, without accents, curly apostrophes or odd spaces: of the same length."""
    return text.translate(_LEVEL)


def words(text: str) -> tuple[str, ...]:
    """Return the words of `text` in order, folded; apostrophes and hyphens separate."""
    return tuple(_WORD.findall(fold(text)))


def as_written(text: str) -> dict[str, str]:
    """Return each folded word of `text`, and how the text first writes it: « netoyage » is « Nétoyage » there."""
    pieces = _PIECE.findall(without_tags(text))
    return {word: piece for piece in reversed(pieces) for word in words(piece)}


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of `text` in order, without grammatical words: what two wordings of one need have in common."""
    return tuple(stem(word) for word in words(text) if word not in _GRAMMAR)


def placed_stems(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return the stems of `text`, which holds no tag, each with where its word starts and ends there."""
    return tuple((its, *piece.span()) for piece in _PIECE.finditer(text) for its in _stems_of(piece[0]))


@lru_cache(maxsize=16_384)
def _stems_of(word: str) -> tuple[str, ...]:
    return stems(word)


def without_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` without these (start, end), which may overlap; whole where no word but grammatical ones would be left."""
    pieces, position = [], 0
    for start, end in sorted(spans):
        pieces.append(text[position : max(start, position)])
        position = max(position, end)
    rest = " ".join((*pieces, text[position:]))
    return rest if stems(rest) else text


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the French stem of one folded word. A number, a word of two letters or without a vowel is its own stem."""
    word = _DONE.get(word, word)
    if own := _STEMS.get(word):
        return own
    if len(word) < 3 or word.isdigit() or _ACRONYM.fullmatch(word):
        return word
    return str(_STEM(_PLURAL.sub("", _FEMININE.sub(r"e\1", word))))
