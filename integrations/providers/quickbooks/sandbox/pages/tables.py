"""Tables, lists of facts and what stands in for an empty one: the few shapes all pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .markup import Html, asking, html, joined, link

#: Letters that fill a column of facts.
_LONG = 90


@dataclass(frozen=True)
class Column:
    head: str
    #: Of `main` (what the row is about), `num`, `key` (the figure beside the name on a phone), `date`, `code`.
    style: str = ""


@dataclass(frozen=True)
class Row:
    cells: Sequence[object]
    id: str = ""
    style: str = ""


@dataclass(frozen=True)
class Group:
    """A heading within a table."""

    words: object


def lean(columns: Sequence[Column], rows: Sequence[Row], *, caption: str, foot: Sequence[object] = ()) -> Html:
    """Without the columns in which nothing stands."""
    kept = [at for at in range(len(columns)) if any(row.cells[at] not in ("", None) for row in rows)]
    shown = (Row([row.cells[at] for at in kept], row.id, row.style) for row in rows)
    return table([columns[at] for at in kept], shown, caption=caption, foot=[foot[at] for at in kept] if foot else ())


def table(columns: Sequence[Column], rows: Iterable[Row | Group], *, caption: str, foot: Sequence[object] = ()) -> Html:
    heads = joined(html('<th scope="col"{}>{}</th>', _style(column.style), column.head) for column in columns)
    body = joined(_group(row, len(columns)) if isinstance(row, Group) else _row(columns, row) for row in rows)
    last = html("<tfoot>{}</tfoot>", _row(columns, Row(foot))) if foot else ""
    return html(
        '<table class="stack"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody>{}</table>',
        *(caption, heads, body, last),
    )


def _row(columns: Sequence[Column], row: Row) -> Html:
    cells = joined(_cell(column, value) for column, value in zip(columns, row.cells, strict=True))
    name = html(' id="{}"', row.id) if row.id else ""
    return html("<tr{}{}>{}</tr>", name, _style(row.style), cells)


def _cell(column: Column, value: object) -> Html:
    # On a phone a figure beside others says which it is.
    label = html(' data-label="{}"', column.head) if "num" in column.style and "key" not in column.style else ""
    return html("<td{}{}>{}</td>", _style(column.style), label, value)


def _group(group: Group, width: int) -> Html:
    return html('<tr class="group"><th scope="rowgroup" colspan="{}">{}</th></tr>', width, group.words)


def _style(style: str) -> Html | str:
    return html(' class="{}"', style) if style else ""


def facts(rows: Iterable[tuple[object, object]]) -> Html:
    """Labels and what they say; what is empty is left out."""
    shown = joined(_fact(*row) for row in rows if row[1] not in ("", None))
    return html('<dl class="facts">{}</dl>', shown)


def _fact(label: object, said: object) -> Html:
    # A long memo in a narrow column would be a tower of words.
    width = html(' class="wide"') if len(str(said)) > _LONG and not isinstance(said, Html) else ""
    return html("<div{}><dt>{}</dt><dd>{}</dd></div>", width, label, said)


def empty(headline: str, words: object = "") -> Html:
    return html('<div class="empty"><b>{}</b>{}</div>', headline, html("<p>{}</p>", words) if words else "")


def section(title: str, body: object, more: object = "") -> Html:
    """A part of a page under its own heading."""
    name = title.lower().replace(" ", "-")
    return html(
        '<section aria-labelledby="{}"><div class="title"><h2 id="{}">{}</h2>{}</div>{}</section>',
        *(name, name, title, more, body),
    )


def turning(newest: str | None, older: str | None, said: str = "") -> Html:
    """The foot of a list that is turned by key: back to its beginning, or on."""
    first = link(newest, "Back to the newest") if newest is not None else ""
    further = link(older, "Older", "next") if older is not None else ""
    return html('<nav class="turning" aria-label="Pages"><span>{}</span><span>{} {}</span></nav>', said, first, further)


def tabs(current: str, choices: Iterable[tuple[str, str]], q: str = "") -> Html:
    """Links of which one is chosen: value and word."""
    rows = joined(
        html('<a href="{}"{}>{}</a>', asking(q=q, show=value), _here(value == current), word) for value, word in choices
    )
    return html('<nav class="tabs" aria-label="Show">{}</nav>', rows)


def _here(chosen: bool) -> Html | str:
    return Html(' aria-current="true"') if chosen else ""


def preformatted(text: object, label: str) -> Html:
    return html('<pre tabindex="0" aria-label="{}">{}</pre>', label, text)
