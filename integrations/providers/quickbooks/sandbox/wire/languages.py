"""Faults in the language of the company's users: Message and Detail change, codes and ids in them do not (§2.1)."""

from __future__ import annotations

import re

#: Of 6240 and 6140 the French is recorded; the others are our translation.
_FRENCH_MESSAGES = {
    "610": "Objet introuvable",
    "2020": "Paramètre requis manquant. Vous devez fournir la valeur requise pour l'API",
    "2500": "Identifiant de référence non valide",
    "5010": "Erreur d'objet périmé",
    "6000": "Une erreur de validation d'entreprise est survenue lors du traitement de votre demande",
    "6140": "Numéro de document en double",
    "6210": "Exercice fermé, mise à jour impossible par les services API",
    "6240": "Nom en double",
}
_FRENCH_DETAILS = {
    "610": (
        (r"Object Not Found : Another user has deleted this transaction\.",
         "Objet introuvable : Un autre utilisateur a supprimé cette transaction."),
        (r"Object Not Found : Something you're trying to use has been made inactive\..*",
         "Objet introuvable : Un élément que vous essayez d'utiliser a été désactivé. Vérifiez les champs comportant "
         "des comptes, des clients, des articles, des fournisseurs ou des employés."),
        (r"Object Not Found", "Objet introuvable"),
    ),
    "2020": ((r"Required parameter (.+) is missing in the request",
              r"Le paramètre requis \1 est manquant dans la demande"),),
    "5010": (
        (r"Stale Object Error : You and (.+?) were working on this at the same time\. .*",
         r"Erreur d'objet périmé : Vous et \1 travailliez sur cet élément en même temps. "
         r"\1 a terminé avant vous, votre travail n'a donc pas été enregistré."),
    ),
    "6000": ((r"^Business Validation Error: ", "Erreur de validation d'entreprise : "),),
    "6240": ((r"The name supplied already exists\.", "Ce nom existe déjà."),),
}  # fmt: skip
#: The word for a transaction inside 6140.
_FRENCH_TYPES = {
    "Bill": "Facture à payer",
    "Bill Payment": "Paiement de facture",
    "Check": "Chèque",
    "Credit Memo": "Note de crédit",
    "Deposit": "Dépôt",
    "Estimate": "Devis",
    "Expense": "Dépense",
    "Invoice": "Facture",
    "Journal Entry": "Écriture de journal",
    "Payment": "Paiement",
    "Sales Receipt": "Reçu de vente",
    "Transfer": "Virement",
    "Vendor Credit": "Crédit fournisseur",
}


def told(language: str, code: str, message: str, detail: str) -> tuple[str, str]:
    if language == "en":
        return message, detail
    for pattern, words in _FRENCH_DETAILS.get(code, ()):
        detail, changed = re.subn(pattern, words, detail, count=1)
        if changed:
            break
    if code == "6140":
        detail = re.sub(r"TxnType=(.+?) with", _french_type, detail)
    return _FRENCH_MESSAGES.get(code, message), detail


def _french_type(found: re.Match[str]) -> str:
    return f"TxnType={_FRENCH_TYPES.get(found[1], found[1])} with"
