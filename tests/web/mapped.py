"""What a page of the mapping shows, read as its tests need it."""

from typing import Any

from integrations.mapping.reasons import Reason, ReasonCode
from tests.web.browser import Page, page

MATCH = "&match=name&show=suggested"
NO_CARD = Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards")


def errors(shown: Page) -> list[str]:
    """The fields that have an error under them."""
    return [tag["id"].removesuffix("_error") for tag in shown.all("p") if tag.get("class") == "error" and "id" in tag]


def value(shown: Page, name: str) -> str:
    [field] = shown.all("input", name=name)
    return field["value"]


def table(response: Any) -> dict[str, Any]:
    context: dict[str, Any] = response.context["page"]["table"]
    return context


def names(response: Any) -> list[str]:
    return [row["name"] for row in table(response)["rows"]]


def sent(response: Any, **more: str) -> dict[str, str]:
    """What a browser would send from this page."""
    shown = page(response)
    fields = [tag for tag in shown.all("input") if "list" in tag or tag.get("name") in ("version", "matched")]
    return {tag["name"]: tag["value"] for tag in fields} | more
