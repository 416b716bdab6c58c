"""The shell and style of every page: warm paper, ink, one accent; the dark side follows the reader's system."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from starlette.responses import HTMLResponse

STYLE = """
:root { color-scheme: light dark;
  --page: #faf8f3; --sheet: #fffefb; --line: #e8e5dd; --field: #8b867a; --hover: #f5f2ea;
  --ink: #1a1915; --ink-2: #504d45; --ink-3: #69655b; --accent: #1a6b3c; --on-accent: #ffffff; --soft: #e9f5ee;
  --bad: #ad241c; }
@media (prefers-color-scheme: dark) { :root {
  --page: #171715; --sheet: #1c1b19; --line: #2d2b27; --field: #7b766b; --hover: #22211e;
  --ink: #eeece5; --ink-2: #bdb9ae; --ink-3: #9c978b; --accent: #74cf9a; --on-accent: #0d2316; --soft: #182a20;
  --bad: #ff9489; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 400 14px/20px Inter, ui-sans-serif, system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
a { color: var(--accent); text-underline-offset: 2px; }
a:focus-visible, button:focus-visible, input:focus-visible + .pick { outline: 2px solid var(--accent);
  outline-offset: 2px; }
h1 { margin: 0; font-size: 22px; line-height: 28px; font-weight: 600; letter-spacing: -0.02em; text-wrap: balance; }
h2 { margin: 0 0 8px; font-size: 15px; line-height: 22px; font-weight: 600; }
p { margin: 0; color: var(--ink-2); }
.mark { display: inline-flex; align-items: center; gap: 8px; color: var(--ink-2); font-weight: 500;
  text-decoration: none; }
.mark svg { color: var(--accent); }
.small { font-size: 12px; line-height: 16px; color: var(--ink-3); }
.narrow { max-width: 440px; margin: 0 auto; padding: 12vh 16px 40px; }
.wide { max-width: 1216px; margin: 0 auto; padding: 28px 40px 56px; }
.card { margin: 20px 0 16px; padding: 32px; background: var(--sheet); border: 1px solid var(--line);
  border-radius: 10px; }
.card h1 + p { margin-top: 8px; }
fieldset { margin: 24px 0 0; padding: 0; border: 0; }
legend { padding: 0; margin-bottom: 8px; font-weight: 500; }
.pick { display: grid; grid-template-columns: 18px 1fr auto; gap: 12px; align-items: center; min-height: 56px;
  padding: 8px 14px; border: 1px solid var(--line); cursor: pointer; }
label:first-of-type .pick { border-radius: 6px 6px 0 0; }
label:last-of-type .pick { border-radius: 0 0 6px 6px; }
label + label .pick { border-top: 0; }
label:only-of-type .pick { border-radius: 6px; }
.pick:hover { background: var(--hover); }
.pick b { display: block; font-weight: 500; }
.hidden { position: absolute; opacity: 0; }
.dot { width: 16px; height: 16px; border: 1.5px solid var(--field); border-radius: 50%; }
input:checked + .pick { background: var(--soft); }
input:checked + .pick .dot { border: 5px solid var(--accent); }
.may { margin: 20px 0 0; padding: 0; list-style: none; color: var(--ink-2); }
.may li { padding-left: 18px; position: relative; }
.may li + li { margin-top: 4px; }
.may li::before { content: ""; position: absolute; left: 2px; top: 8px; width: 5px; height: 5px; border-radius: 50%;
  background: var(--field); }
.buttons { display: flex; gap: 8px; margin-top: 28px; }
button { min-height: 36px; padding: 0 16px; border-radius: 6px; border: 1px solid transparent; font: inherit;
  font-weight: 500; cursor: pointer; }
.primary { background: var(--accent); color: var(--on-accent); }
.primary:hover { filter: brightness(1.08); }
.quiet { background: transparent; color: var(--ink-2); }
.quiet:hover { background: var(--hover); }
.head { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: 8px 24px;
  margin: 24px 0 28px; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 380px; gap: 56px; align-items: start; }
.search { display: flex; gap: 8px; margin-bottom: 8px; }
.search input { flex: 1; min-width: 0; min-height: 36px; padding: 0 12px; border: 1px solid var(--field);
  border-radius: 6px; background: var(--sheet); color: inherit; font: inherit; }
.search input:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; }
th { text-align: left; font-weight: 400; color: var(--ink-3); font-size: 12px; line-height: 16px;
  padding: 6px 12px 6px 0; border-bottom: 1px solid var(--field); white-space: nowrap; }
td { padding: 9px 12px 9px 0; border-bottom: 1px solid var(--line); vertical-align: baseline;
  overflow-wrap: anywhere; }
tbody tr:hover td { background: var(--hover); }
td:last-child, th:last-child { padding-right: 0; }
.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.date { white-space: nowrap; color: var(--ink-3); }
.code { color: var(--ink-3); white-space: nowrap; }
.sub { padding-left: 16px; }
.off { color: var(--ink-3); }
.chip { padding: 1px 6px; border-radius: 4px; background: var(--hover); color: var(--ink-2); font-size: 12px;
  white-space: nowrap; }
.group td { padding-top: 18px; color: var(--ink-3); font-size: 12px; }
.empty { padding: 20px 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.empty b { display: block; color: var(--ink); font-weight: 600; }
.pages { display: flex; justify-content: space-between; gap: 16px; margin-top: 12px; }
.list { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
.list a { display: flex; justify-content: space-between; gap: 16px; padding: 14px 0; color: inherit;
  text-decoration: none; border-bottom: 1px solid var(--line); }
.list a:hover { background: var(--hover); }
.list b { font-weight: 500; }
.jump { display: none; }
@media (max-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr); gap: 36px; } .jump { display: inline; } }
@media (max-width: 700px) {
  .wide { padding: 20px 16px 40px; } .narrow { padding-top: 28px; } .card { padding: 20px; }
  .buttons { flex-direction: column; } .buttons button { min-height: 44px; width: 100%; }
  .search input, .search button { min-height: 44px; }
  .expenses thead { display: none; }
  .expenses tr { display: grid; grid-template-columns: 1fr auto; gap: 0 12px; padding: 10px 0;
    border-bottom: 1px solid var(--line); }
  .expenses td { padding: 0; border: 0; }
  .expenses .payee { font-weight: 500; order: 1; } .expenses .num { order: 2; }
  .expenses .to { order: 3; grid-column: 1 / -1; color: var(--ink-2); }
  .expenses .date { order: 4; } .expenses .code { order: 5; text-align: right; } }
"""

LEAF = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="18" height="18" viewBox="0 0 18 18" fill="none" '
    'stroke="currentColor" stroke-width="1.6" aria-hidden="true"><rect x="2" y="2.5" width="14" height="13" rx="2.5"/>'
    '<path d="M6 2.5v13M9 6.5h4M9 9.5h4"/></svg>'
)
# Within the page, since a browser that is given none asks for /favicon.ico and is told 404.
ICON = "data:image/svg+xml," + quote(LEAF.replace("currentColor", "#1a6b3c"))
NOTICE = "A local stand-in for trying things out. It is not QuickBooks, and nothing here reaches Intuit."


def page(title: str, body: str, *, width: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="{ICON}">'
        f"<title>{escape(title)} · QuickBooks sandbox</title><style>{STYLE}</style></head>"
        f'<body><main class="{width}"><a class="mark" href="/">{LEAF}QuickBooks sandbox</a>{body}</main></body></html>',
        status,
        {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )
