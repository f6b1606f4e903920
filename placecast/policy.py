"""What browsers may do with our pages: the content security policy (CSP 3), in each page and as a server's header."""

from __future__ import annotations

IN_PAGE = (
    "script-src 'self'; style-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
"""For the end of a page's head: what is written below it runs nothing, styles nothing and leads no form astray."""


def header(ancestors: str) -> str:
    """The same, and nothing of other hosts. Who may frame a page can be said in a header alone (CSP 3, section 3.3)."""
    sources = "; ".join(f"{kind}-src 'self'" for kind in ("connect", "img", "manifest", "media"))
    return f"default-src 'none'; {sources}; {IN_PAGE}; frame-ancestors {ancestors}"
