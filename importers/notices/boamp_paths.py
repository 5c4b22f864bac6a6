"""Table of the paths of each field in the BOAMP's national forms (BOAMP: official bulletin of public contracts), which `national_forms` reads.

The forms are FNSimple, MAPA, DSP, and the form of before 2023, whose names are in capitals. Each field lists its possible paths, of which the first with a
value is taken: the forms share no names, so that one table serves all, and new forms that keep these names. The body of a form (« initial », « rectificatif »)
is merged into its root. A key that is neither read here nor listed as ignored, with a reason (`ASIDE`), is reported."""

from collections.abc import Mapping

Paths = tuple[str, ...]
Fields = Mapping[str, Paths]

# A form contains the buyer, and one of these bodies.
BODIES = ("initial", "rectificatif", "annulation", "attribution", "modification", "preinformation")
# Names in notices that change another one: such a notice without lots is not read as a single lot, since the other may have several.
CHANGES = ("rectificatif", "annulation", "RECTIF", "ANNULATION")
# The form of before 2023 has no name, and is recognised by these elements.
CAPITALS, CAPITALS_SHAPE = ("IDENTITE", "OBJET"), "ancien"

# Fields of a NoticeRecord.
NOTICE: Fields = {
    "title": (
        "natureMarche/intitule",
        "description/objet",
        "descriptionReduite/objet",
        "descriptionMarche/titreMarche",
        "OBJET/TITRE_MARCHE",
    ),
    "buyer": (
        "organisme/codeIdentificationNational",
        "organisme/siret",
        "IDENTITE/CODE_IDENT_NATIONAL",
        "IDENTITE/TYPE_IDENT_NATIONAL/SIRET",
    ),
    "buyer_name": ("organisme/nomOfficiel", "organisme/acheteurPublic", "organisme/nom", "IDENTITE/DENOMINATION"),
    "buyer_post_code": ("organisme/cp", "organisme/adr/cp", "IDENTITE/CP"),
    "buyer_city": ("organisme/ville", "organisme/adr/ville", "IDENTITE/VILLE"),
    "documents": (
        "communication/urlDocConsul",
        "adressesComplt/document/coord/url",
        "IDENTITE/URL_DOCUMENT",
        "communication/urlProfilAch",
        "organisme/urlProfilAcheteur",
        "IDENTITE/URL_PROFIL_ACHETEUR",
    ),
    "folder": (
        "communication/identifiantInterne",
        "renseignements/idMarche",
        "descriptionMarche/numeroReference",
        "OBJET/REF_MARCHE",
        "CONDITION_ADMINISTRATIVE/REFERENCE_MARCHE",
    ),
}

# Paths whose texts are all joined, one on a line.
DESCRIPTION = (
    "natureMarche/description",
    "caracteristiques/principales",
    "caracteristiques/quantites",
    "descriptionMarche/description",
    "OBJET/OBJET_COMPLET",
    "OBJET/CARACTERISTIQUES/PRINCIPALES",
    "OBJET/CARACTERISTIQUES/QUANTITES",
)
CONDITIONS = (
    "informComplementaire/autresInformComplementaire",
    "procedure/capaciteExercice",
    "renseignements/rensgComplt",
    "justifications/justificationComment",
    "RENSEIGNEMENTS_COMPLEMENTAIRES/RENS_COMPLEMENT",
    "OBJET/INFO_COMPL",
    "CONDITION_RELATIVE_MARCHE/AUTRES_CONDITIONS",
    "CONDITION_PARTICIPATION/CRITERE_SELECTION",
)
# The reason for a correction or a cancellation, in words.
WHY = ("infosRectif", "autresInformations/informations", "ANNULATION/MOTIF")
# The award of a contract, in lines « label : value ».
AWARD_TEXT = ("attributionMarche",)
# Services, works or supplies: the name of the child element.
NATURE = ("natureMarche/natureMarche", "natureMarche")
NATURES = ("fournitures", "services", "travaux")
FRAMEWORK = ("procedure/techAchat/accordCadre", "OBJET/ACCORD_CADRE")

# The two fields of CPV codes, the main one first.
CODES = ("cpv", "more_cpv")
# Fields of a LotWritten given for the whole contract, which are the default of each lot.
EVERY_LOT: Fields = {
    "cpv": (
        "natureMarche/codeCPV/objetPrincipal/classPrincipale",
        "descriptionMarche/CPV/objetPrincipal/classPrincipale",
        "CPV/objetPrincipal/classPrincipale",
        "OBJET/CPV/PRINCIPAL",
    ),
    "more_cpv": (
        "natureMarche/codeCPV/objetComplementaire/classPrincipale",
        "natureMarche/codeCPV/objetSecondaire/classPrincipale",
        "descriptionMarche/CPV/objetComplementaire/classPrincipale",
        "CPV/objetComplementaire/classPrincipale",
        "OBJET/CPV/SUPPLEMENTAIRE",
    ),
    "starts": ("duree/dateACompterDu", "duree/dateDebutPrestation", "OBJET/DUREE_DELAI/A_COMPTER_DU"),
    "ends": ("duree/jusquau", "duree/dateJusquau", "OBJET/DUREE_DELAI/JUSQUAU"),
    "renewals": (
        "natureMarche/reconduction",
        "OBJET/CARACTERISTIQUES/NB_RECONDUCTIONS",
        "OBJET/CARACTERISTIQUES/RECONDUCTIONS/OUI",
    ),
    "deadline": (
        "procedure/dateReceptionOffres",
        "delais/receptionOffres",
        "conditionDelai/receptionOffres",
        "conditions/delais/receptionOffres",
        "CONDITION_DELAI/RECEPT_OFFRES",
        "CONDITION_DELAI/RECEPT_CANDIDAT",
    ),
}
# Fields given for the whole contract that are used only if it has a single lot.
ONLY_LOT: Fields = {
    "amount": (
        "natureMarche/valeurEstimee/valeur",
        "natureMarche/valeurEstimee/fourchette/valeurHaute",
        "OBJET/CARACTERISTIQUES/VALEUR",
        "OBJET/CARACTERISTIQUES/VALEUR_MAX",
        "OBJET/ACCORD_CADRE/VALEUR_MAX",
    ),
    "currency": (
        "natureMarche/valeurEstimee/@devise",
        "natureMarche/valeurEstimee/valeur/@devise",
        "natureMarche/valeurEstimee/fourchette/@devise",
        "OBJET/CARACTERISTIQUES/VALEUR/@DEVISE",
        "OBJET/CARACTERISTIQUES/VALEUR_MAX/@DEVISE",
        "OBJET/ACCORD_CADRE/VALEUR_MAX/@DEVISE",
    ),
}
WHOLE_DURATIONS: Fields = {
    "MONTH": ("natureMarche/dureeMois", "duree/nbMois", "natureMarche/nbMois", "OBJET/DUREE_DELAI/DUREE_MOIS"),
    "DAY": ("natureMarche/dureeJours", "duree/nbJours", "OBJET/DUREE_DELAI/DUREE_JOURS"),
    "YEAR": ("natureMarche/dureeAnnees", "duree/nbAnnees"),
}
WHOLE_PLACES = (
    "natureMarche/lieuExecution",
    "description/lieuExecutionLivraison",
    "description/lieuExecution",
    "description/lieuLivraison",
    "descriptionMarche/lieuExecutionLivraison",
    "descriptionMarche/lieuCodeNUTS",
    "OBJET/LIEU_EXEC_LIVR",
)

LOTS = (
    "lots/lot",
    "natureMarche/lotsMarche/lot",
    "natureMarche/lotsMarche",
    "natureMarche/lots/lot",
    "description/lots/lot",
    "descriptionMarche/lots/lot",
    "descriptionMarche/lot",
    "OBJET/LOTS/LOT",
)
# Fields of a LotWritten given in a lot.
LOT: Fields = {
    "number": ("numLot", "numero", "num", "NUM", "NUM_LOT", "@num", "@numero"),
    "title": ("intitule", "titre", "titreLot", "INTITULE"),
    "description": ("description", "DESCRIPTION", "."),
    "cpv": ("codeCPV/objetPrincipal/classPrincipale", "CPV/objetPrincipal/classPrincipale", "CPV/PRINCIPAL"),
    "more_cpv": (
        "codeCPV/objetComplementaire/classPrincipale",
        "CPV/objetComplementaire/classPrincipale",
        "CPV/SUPPLEMENTAIRE",
    ),
    "amount": (
        "estimationValeur/valeur",
        "estimationValeur/fourchette/valeurHaute",
        "valeurEstimee/valeur",
        "montant/valeur",
        "montant",
        "VALEUR",
        "VALEUR_MAX",
    ),
    "currency": (
        "estimationValeur/@devise",
        "estimationValeur/valeur/@devise",
        "estimationValeur/fourchette/@devise",
        "valeurEstimee/@devise",
        "montant/@devise",
        "montant/valeur/@devise",
        "VALEUR/@DEVISE",
        "VALEUR_MAX/@DEVISE",
    ),
    "starts": ("dureeLot/dateACompterDu", "A_COMPTER_DU"),
    "ends": ("dureeLot/dateJusquau", "JUSQUAU"),
    "renewals": ("reconduction", "RENOUVELLEMENT_OUI", "NB_RECONDUCTIONS"),
}
LOT_DURATIONS: Fields = {
    "MONTH": ("dureeMois", "dureeLot/nbMois", "dureeLot/dureeMois", "DUREE_MOIS"),
    "DAY": ("dureeJours", "dureeLot/nbJours", "DUREE_JOURS"),
    "YEAR": ("dureeLot/nbAnnees",),
}
LOT_PLACES = ("lieuExecutionLivraison", "lieuExecution", "lieuCodeNUTS", "LIEU_PRINCIPAL", "LIEU_EXEC_LIVR")
# A lot's quantity, or its amount of money.
QUANTITY = "quantite"
# Fields of a PlaceWritten; a place may also be the text itself.
PLACE: Fields = {
    "nuts": ("codeNuts", "codeNUTS", "code_nuts", "CODE_NUTS"),
    "post_code": ("cp", "codePostal", "CP"),
    "city": ("ville", "VILLE"),
    "country": ("pays", "PAYS"),
    "text": (".", "libelle", "lieu", "adresse", "voie/nomvoie", "ADRESSE"),
}
# Elements, even empty, that mean no renewals.
NOT_RENEWED = ("OBJET/CARACTERISTIQUES/RECONDUCTIONS/NON", "RENOUVELLEMENT_NON")

# Reservation: of all or part of the contract in FNSimple (« oui », « non », or nothing), to sheltered workshops in the form of before 2023.
RESERVED = (
    "natureMarche/reservationMarche/oui",
    "OBJET/MARCHE_RESERVE_OUI",
    "CONDITION_PARTICIPATION/MARCHE_RESERVE_OUI",
    "CONDITION_RELATIVE_MARCHE/MARCHE_RESERVE_OUI",
)
NOT_RESERVED = (
    "natureMarche/reservationMarche/non",
    "OBJET/MARCHE_RESERVE_NON",
    "CONDITION_PARTICIPATION/MARCHE_RESERVE_NON",
    "CONDITION_RELATIVE_MARCHE/MARCHE_RESERVE_NON",
)

# Award decision of a lot, at any depth.
DECISIONS = ("DECISION", "decision", "resultat")
# Elements, even empty, that mean a lot without a winner.
WITHOUT_WINNER = ("sansSuite", "infructueux", "SANS_SUITE", "INFRUCTUEUX")
DECISION: Fields = {
    "number": ("NUM_LOT", "numLot", "numeroLot", "lot/numLot"),
    "title": ("INTITULE", "intitule", "DESCRIPTION", "description"),
    "awarded": ("RENSEIGNEMENT/MONTANT", "MONTANT", "attribue/montant/valeur", "montant/valeur", "montant"),
    "currency": (
        "RENSEIGNEMENT/MONTANT/@DEVISE",
        "MONTANT/@DEVISE",
        "attribue/montant/@devise",
        "attribue/montant/valeur/@devise",
        "montant/@devise",
        "montant/valeur/@devise",
    ),
    "awarded_on": ("RENSEIGNEMENT/DATE_ATTRIBUTION", "DATE_ATTRIBUTION", "attribue/dateAttribution", "dateAttribution"),
}
WINNERS = ("TITULAIRE", "attribue/titulaire", "titulaire", "titulaires/titulaire")
WINNER: Fields = {
    "number": ("CODE_IDENT_NATIONAL", "codeIdentificationNational", "siret", "SIRET"),
    "name": ("DENOMINATION", "denomination", "raisonSociale", "nom"),
}

# Numbers of other notices, at any depth.
NOTICE_NUMBERS = ("IDWEB", "idWeb", "idweb")

# Paths that are ignored, by reason.
ASIDE: Mapping[str, Paths] = {
    "persons and addresses, since no contact is kept": (
        *(f"communication/{name}" for name in ("nomContact", "mailContact", "adresseMailContact", "telContact")),
        *(
            f"organisme/{name}"
            for name in ("adresse", "coord", "correspondant", "correspondantPRM", "pays", "codeNUTS")
        ),
        *(f"organisme/adr/{name}" for name in ("voie", "adresse", "pays")),
        *(f"IDENTITE/{name}" for name in ("CONTACT", "ADRESSE", "MEL", "TEL", "FAX", "PAYS", "CODE_NUTS", "URL")),
        *(f"adressesComplt/{name}" for name in ("admOuTech", "admEtTech", "rensComplementaires", "document", "envoi")),
        "informComplementaire/oui/visiteDetail",
    ),
    "what the buyer is": (
        *(f"organisme/{name}" for name in ("typeIdentificationNational", "grpCommandes", "classificationOrganisme")),
        "procedure/categorieAcheteur",
    ),
    "how documents are opened": (
        *(f"communication/{name}" for name in ("integraliteDocConsul", "utilisationMoyenNonCommun")),
        *(f"communication/{name}" for name in ("docSecurite", "urlSecurite")),
    ),
    "how offers are made and judged": (
        *(
            f"procedure/{name}"
            for name in ("procedureAdaptee", "procedureAdapteeO", "procedureAdapteeR", "typeProcedure")
        ),
        *(
            f"procedure/{name}"
            for name in ("techAchat", "variantes", "presOffres", "nbCandidatReduit", "criteresAttrib")
        ),
        *(f"procedure/{name}" for name in ("attributionSansNegociation", "capaciteTech", "capaciteEcoFin")),
        *("criteres", "natureMarche/criteresAttrib", "caracteristiques/variantes", "delais/validite", "PROCEDURE"),
        *("CONDITION_DELAI/VALIDITE_OFFRE", "autresInformations/nbOffresRecues"),
        # Documents that a candidate must supply; the comment next to them is read.
        *(f"justifications/{name}" for name in ("redressementJudiciaire", "article2141", "articlesL5212", "effectifs")),
        *(f"justifications/{name}" for name in ("DC1", "DC2", "DC4", "capacites", "assurances")),
    ),
    "how it is paid and signed": (
        *(f"conditions/{name}" for name in ("garanties", "modFinancement", "formeJuridique", "euro", "langue")),
        "infosSup/conditionsModePaiement",
    ),
    "read for the numbers of the notices that they name": (
        *("avisInitial", "RECTIF/ANNONCE_ANTERIEUR", "ANNULATION/ANNONCE_ANTERIEUR", "MARCHE/ANNONCE_ANTERIEUR"),
    ),
    "told by the lots themselves, or by nothing else": (
        *("natureMarche/lotsMarche/oui", "natureMarche/lotsMarche/non", "lots/plusieursLot", "OBJET/DIV_EN_LOTS"),
        *("natureMarche/tranches", "natureMarche/typeMarche", "OBJET/TYPE_MARCHE", "marcheUnique", "dateEnvoi"),
        # Empty where no code is given.
        *("informComplementaire/non", "natureMarche/codeCPV/objetPrincipal"),
    ),
}
LOT_ASIDE = ("CRITERES_ATTRIBUTION", "criteresAttrib", "criteres")
WINNER_ASIDE = ("ADRESSE", "adresse", "adr", "coord", "MEL", "TEL", "FAX", "CP", "VILLE", "cp", "ville", "PAYS", "pays")
