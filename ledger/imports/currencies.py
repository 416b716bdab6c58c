"""Currencies as people write them: a code, a sign or a word, each certain, of several countries, or none."""

from functools import lru_cache

from iso4217 import Currency

from ledger.domain.money import UnknownCurrency, exponent

CERTAIN = {
    **{"£": "GBP", "€": "EUR", "₹": "INR", "₪": "ILS", "₩": "KRW", "₺": "TRY", "₫": "VND", "₦": "NGN", "₱": "PHP"},
    **{"us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD"},
    **dict.fromkeys(("euro", "euros"), "EUR"),
    **dict.fromkeys(("us dollar", "us dollars", "us-dollar", "u.s. dollar", "u.s. dollars"), "USD"),
    **dict.fromkeys(("canadian dollar", "canadian dollars"), "CAD"),
    **dict.fromkeys(("australian dollar", "australian dollars"), "AUD"),
    **dict.fromkeys(("sterling", "pound sterling", "pounds sterling", "british pound", "british pounds"), "GBP"),
    **dict.fromkeys(("swiss franc", "swiss francs", "schweizer franken", "franc suisse", "francs suisses"), "CHF"),
    **dict.fromkeys(("yen", "japanese yen"), "JPY"),
}
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "JMD", "BSD", "BBD", "BZD", "TTD", "XCD", "FJD"})
POUNDS = frozenset({"GBP", "GIP", "FKP", "SHP", "EGP", "LBP", "SDG", "SSP", "SYP"})
FRANCS = frozenset({"CHF", "XAF", "XOF", "XPF", "RWF", "BIF", "DJF", "GNF", "KMF", "CDF"})
CROWNS = frozenset({"SEK", "NOK", "DKK", "ISK", "CZK"})
RUPEES = frozenset({"INR", "PKR", "LKR", "NPR", "MUR", "SCR"})
PESOS = frozenset({"MXN", "ARS", "CLP", "COP", "CUP", "DOP", "PHP", "UYU"})
# Of several countries each: which one is said elsewhere.
VAGUE = {
    "$": DOLLARS | PESOS,
    "¥": frozenset({"JPY", "CNY"}),
    **dict.fromkeys(("dollar", "dollars"), DOLLARS),
    **dict.fromkeys(("pound", "pounds", "pfund", "livre", "livres"), POUNDS),
    **dict.fromkeys(("fr.", "franc", "francs", "franken"), FRANCS),
    **dict.fromkeys(("kr", "kr.", "krona", "kronor", "krone", "kroner"), CROWNS),
    **dict.fromkeys(("rs", "rs.", "rupee", "rupees"), RUPEES),
    **dict.fromkeys(("peso", "pesos"), PESOS),
}
# 840, as some banks write USD; a shorter number would be anything.
BY_NUMBER = {f"{currency.number:03}": currency.code for currency in Currency if currency.number}


@lru_cache(maxsize=1000)
def currency_of(text: str) -> str | None:
    """GBP for “gbp”, “£” or “sterling”, nothing certain (an empty text) for “$”, and None for what is no currency."""
    folded = " ".join(text.casefold().split())
    if folded in VAGUE:
        return ""
    code = CERTAIN.get(folded) or text.upper()
    return code if _can_be_paid_in(code) else None


def currency_told(text: str, home: str) -> str | None:
    """In a column of currencies, where `home` says which one “$” is: nothing certain where it is another's sign."""
    number = BY_NUMBER.get(text, "")
    if number and _can_be_paid_in(number):
        return number
    return home if may_mean(text, home) else currency_of(text)


def may_mean(text: str, currency: str) -> bool:
    return currency in VAGUE.get(" ".join(text.casefold().split()), ())


def _can_be_paid_in(code: str) -> bool:
    try:
        exponent(code)
    except UnknownCurrency:
        return False
    return True
