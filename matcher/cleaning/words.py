"""Normalisation of French text for comparison: lower case without accents, words, and stems (Snowball, with corrections) without grammatical words."""

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from Stemmer import Stemmer

_STEM = Stemmer("french").stemWord
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")  # not a tag: « moins de < 200 m² et > 100 »
_WORD = re.compile(r"[a-z0-9]+")
# A word as written, combining accents included.
_PIECE = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
# Plural s that Snowball does not remove: « vélos », « tissus », « containers », « bûcherons ».
_PLURAL = re.compile(r"(?<=..[iou]|.er|.it|.on)s$")
# « ée » of participles, for which Snowball gives another stem than for « é »: « reconditionnées »; not that of « journée ».
_FEMININE = re.compile(r"(?<=...(?:nn|fi|nt))ee(s?)$")
# « livré » (delivery) becomes « livraison » before accents are dropped, since « livre » is a book.
_DELIVERED = re.compile(r"\blivrée?s?\b", re.IGNORECASE)
# Character for character, so that positions in the text stay the same.
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
# Acronyms are not stemmed: « BTS » is not the plural of « BT ».
_ACRONYM = re.compile(r"[bcdfghjklmnpqrstvwxz]+")
# Without « sous »: « mise sous pli », « sous-traitance ».
_GRAMMAR = frozenset({
    "a", "ai", "au", "aux", "avec", "c", "ce", "ces", "cet", "cette", "d", "dans", "de", "des", "du", "elle", "en", "es", "est", "et", "etc", "eu",
    "il", "ils", "j", "je", "l", "la", "le", "les", "leur", "leurs", "m", "me", "mes", "n", "ne", "nos", "notre", "nous", "on", "ont", "ou", "par",
    "pas", "pour", "qu", "que", "qui", "s", "sa", "se", "ses", "si", "son", "sont", "sur", "t", "un", "une", "vos", "votre", "vous", "y", "afin",
    "ainsi", "dont", "entre", "lors", "plus", "via",
})  # fmt: skip

# Words that Snowball stems like words of another trade (« communication » and « commune », « acier » and the ACI, « environnement » and
# « environs »): they are their own stem, plural included.
_OWN_STEM = (
    "acier", "agence", "agencement", "agrafeuse", "agres", "alternateur", "ambroisie", "animal", "animateur", "armee", "artiste", "aspirateur",
    "audit", "auditive", "banquet", "banquette", "beta", "billettique", "blanchir", "branchement", "buse", "cafe", "calculateur", "calculatrice",
    "carbonique", "chalet", "chassis", "cheminement", "classement", "cloche", "coagulant", "collecte", "collection", "colonie", "communication",
    "composite", "compresse", "compte", "concept", "concert", "concertation", "condiment", "confortement", "conseiller", "conservateur",
    "conserve", "course", "couvert", "crepe", "crepi", "crue", "cuisiniste", "dansant", "data", "dds", "debroussailleuse", "dechargement",
    "decorateur", "dependant", "design", "designation", "desinfectant", "dessert", "destine", "direct", "divers", "dune", "edition", "editique",
    "elevage", "eleve", "enseigne", "enseignement", "environnement", "equitation", "ergonome", "etabli", "exposant", "fleurissement", "flottant",
    "foie", "fondant", "format", "formation", "foyer", "gala", "gamme", "genet", "implantation", "imprimante", "isolation", "joue", "liant",
    "liasse", "livre", "lot", "lotissement", "manga", "marais", "mare", "maree", "meca", "medecine", "menager", "menue", "mer", "moa", "moe",
    "natura", "negoce", "note", "oeuvre", "opera", "operation", "oreille", "ouvrage", "paas", "paie", "paille", "parement", "parka", "part",
    "partie", "passager", "pellet", "pelleteuse", "periode", "permanence", "personnalisation", "petit", "place", "planche", "plie", "port",
    "portant", "porte", "poster", "prevention", "programmiste", "prospection", "raccord", "raccordement", "ram", "relatif", "relative", "releve",
    "repit", "representant", "resineux", "respirable", "restaurant", "retable", "ronde", "roulement", "saas", "sae", "sauce", "secourisme",
    "securise", "serie", "solute", "solvant", "sortie", "soude", "standardiste", "stationnement", "table", "taxi", "tente", "terrasse", "toner",
    "tonne", "transformateur", "versement", "voirie",
)  # fmt: skip
# Infinitive → noun of the action: « laver » is « lavage ». No participles: « herbes lavées » is no washing.
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
# « œ » lost by old character sets: « gros uvre », « maîtrise d’?uvre ».
_STEMS |= {"uvre": "oeuvre", "uvres": "oeuvre"}


# Combining accents of decomposed Latin letters, without the grapheme joiner (U+034F).
_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]+")


def without_tags(text: str) -> str:
    """Return `text` with HTML tags replaced with spaces, and entities decoded."""
    return _TAG.sub(" ", html.unescape(text)) if "<" in text or "&" in text else text


def fold(text: str) -> str:
    """Return `text` in lower case ASCII: tags removed, entities decoded, œ as oe, accents dropped, the rest unchanged."""
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
    """Return `text` in lower case without accents, curly apostrophes or odd spaces, character for character (same length)."""
    return text.translate(_LEVEL)


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of `text` in order; apostrophes and hyphens separate words."""
    return tuple(_WORD.findall(fold(text)))


def as_written(text: str) -> dict[str, str]:
    """Return each folded word of `text` with its first spelling there: « netoyage » → « Nétoyage »."""
    pieces = _PIECE.findall(without_tags(text))
    return {word: piece for piece in reversed(pieces) for word in words(piece)}


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of `text` in order, without grammatical words."""
    return tuple(stem(word) for word in words(text) if word not in _GRAMMAR)


def first_stem(text: str) -> str:
    """Return the first of the stems of `text`, empty where it has none."""
    return next((stem(word) for word in words(text) if word not in _GRAMMAR), "")


def placed_stems(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return (stem, start, end) of the words of `text`, which has no tags."""
    return tuple((root, *piece.span()) for piece in _PIECE.finditer(text) for root in stems_of_word(piece[0]))


@lru_cache(maxsize=65_536)  # the words of one text come back in the next
def stems_of_word(word: str) -> tuple[str, ...]:
    """Return the stems of one word as written: none for grammar, two where a sign parts it."""
    return stems(word)


def without_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` without these (start, end) spans, which may overlap; unchanged where only grammatical words would remain."""
    pieces, position = [], 0
    for start, end in sorted(spans):
        pieces.append(text[position : max(start, position)])
        position = max(position, end)
    rest = " ".join((*pieces, text[position:]))
    return rest if stems(rest) else text


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the French stem of a folded word. A number, a word of two letters or one without a vowel is its own stem."""
    word = _DONE.get(word, word)
    if own := _STEMS.get(word):
        return own
    if len(word) < 3 or word.isdigit() or _ACRONYM.fullmatch(word):
        return word
    return str(_STEM(_PLURAL.sub("", _FEMININE.sub(r"e\1", word))))
