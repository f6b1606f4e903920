"""The web app manifest: how a phone shows the site when somebody puts it on the home screen."""

from __future__ import annotations

import json

from placecast.model import Show
from placecast.pages import pictures, tokens

PATH = "site.webmanifest"
_ICONS = (192, 512)


def manifest(show: Show) -> bytes:
    """https://www.w3.org/TR/appmanifest/. Addresses in it are relative to it, so the preview's is right as well."""
    facts = {
        "name": show.title,
        "short_name": show.title,
        "description": " ".join(show.description.split()),
        "lang": show.language,
        "start_url": f"./{show.index}",
        "scope": "./",
        "display": "minimal-ui",
        "theme_color": tokens.light()["paper"],
        "background_color": tokens.light()["paper"],
        "icons": [
            {"src": pictures.icon_path(show, side), "sizes": f"{side}x{side}", "type": "image/png"} for side in _ICONS
        ],
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode() + b"\n"
