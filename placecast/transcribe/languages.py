"""Whisper's name of a language: the show says `en-GB` (BCP 47), Whisper says `en`."""

from __future__ import annotations

from collections.abc import Collection

from placecast.errors import EngineError

# Languages that Whisper knows by another code than BCP 47 has for them.
_OTHER_CODES = {"nb": "no", "jv": "jw", "fil": "tl", "cmn": "zh", "arb": "ar"}


def whisper_language(language: str, model: str, known: Collection[str]) -> str:
    """The code for this model, which knows the languages `known`; EngineError when it has none."""
    primary = language.replace("_", "-").split("-")[0].lower()
    code = _OTHER_CODES.get(primary, primary)
    if code in known:
        return code
    if list(known) == ["en"]:
        what = f"the model {model!r} hears only English, and the show's language is {language!r}."
        cure = f'In placecast.toml set model = "{model.removesuffix(".en")}", or correct language.'
    else:
        what = f"the model {model!r} does not know the language {language!r}."
        cure = 'In placecast.toml write the language as a code of BCP 47, such as language = "en-GB".'
    raise EngineError("placecast.toml: language", what, cure)
