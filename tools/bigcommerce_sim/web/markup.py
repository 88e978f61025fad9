"""HTML by hand: everything is escaped unless it was built here."""

from collections.abc import Iterable, Sequence
from html import escape


class Markup(str):
    """Be HTML that is safe as it is."""

    __slots__ = ()


def text(value: object) -> Markup:
    """Return a value as HTML; Markup stays as it is."""
    if isinstance(value, Markup):
        return value
    shown = "" if value is None else str(value)
    return Markup(escape(shown.encode("utf-8", "replace").decode("utf-8")))


def link(url: str, label: object) -> Markup:
    """Return a link."""
    return Markup(f'<a href="{escape(url)}">{text(label)}</a>')


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    """Return a table; a note where it has no rows."""
    lines = ["<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    if not lines:
        return Markup("<p class=none>Nothing yet.</p>")
    head = "".join(f"<th>{text(column)}</th>" for column in columns)
    return Markup(f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>")


def section(title: str, *parts: Markup) -> Markup:
    """Return a section with a title."""
    return Markup(f"<section><h2>{text(title)}</h2>{''.join(parts)}</section>")


def document(title: str, *parts: Markup) -> str:
    """Return a whole page."""
    body = "".join(parts)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{text(title)}</title><style>{_STYLE}</style></head>"
        f"<body><header><h1>{link('/', title)}</h1></header><main>{body}</main></body></html>"
    )


_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:0;color:#1d2530;background:#f5f6f8}
header{background:#1d2530;padding:.6rem 1.5rem}
header a{color:#fff;text-decoration:none}h1{font-size:1.2rem;margin:0}
main{padding:0 1.5rem 3rem;max-width:80rem;margin:auto}
section{background:#fff;border:1px solid #dde1e7;border-radius:6px;padding:.2rem 1rem 1rem;
margin-top:1.2rem;overflow-x:auto}
h2{font-size:1.05rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid #edf0f3;
vertical-align:top;font-variant-numeric:tabular-nums}
th{font-weight:600;color:#5a6675;font-size:.85rem}td{overflow-wrap:anywhere}
.none{color:#5a6675}.bad{color:#a3211b}code{font-size:.85rem}
"""
