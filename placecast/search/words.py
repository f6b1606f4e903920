"""From what is said to what is looked up: words in small letters without marks, and their stems.

`pages/assets/stems.js` does the same to what a reader types.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from placecast.search import porter

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc\uff07")

# Words that nearly every sentence has. Alone they tell nothing apart; two of them side by side do.
_ENGLISH = """a about after all also am an and any are as at be because been before but by can could did do does dont
down for from get go going got had has have he her here him his how i if im in into is it its ive just know like me more
most much my no not now of on one only or other our out over she so some than that thats the their them then there
theres these they think this those to up us very was we well were weve what when where which who will with would yeah
you your youre"""
_WELSH = """a ac am ar bod bydd byddai dim dw e ei eu fe fel fi gan ges gyda hefyd hi hyn hynny i iawn mae maen
mewn mi mynd na nad neu ni nid o oedd oes ond os r rhai roedd s sy sydd syn wedi wel ych y ydi ydy yma yn yna yr
yw"""
_FRENCH = """a ai alors au aussi avec bien c ca ce cest comme d dans de des donc du elle en est et etait fait il
ils j je la le les leur lui ma mais me meme moi mon n ne non nous on ont ou oui par pas plus pour qu quand que qui
quon sa sans se ses si son sont sur tout tres tu un une va vous y"""
_GERMAN = """aber alle als also am an auch auf aus bei das dass dann dem den der des die dies diese doch du ein
eine einem einen einer er es fur gibt haben hat ich ihr im in ist ja jetzt kann man mehr mein mit nach nein nicht
noch nur oder schon sehr sein sich sie sind so um und uns von vor war was wenn wie wir wird zu zum zur uber"""
_SPANISH = """a al algo asi bueno como con cuando de del desde donde el ella en entonces era es esa ese eso esta
este esto estan fue ha hay hacer la las le lo los mas me mi mucho muy nada ni no nos o para pero por porque pues
que se si sin sobre son su sus tambien te tener tiene todo un una y ya yo"""
_COMMON = {
    code: frozenset(listed.split())
    for code, listed in {"cy": _WELSH, "de": _GERMAN, "en": _ENGLISH, "es": _SPANISH, "fr": _FRENCH}.items()
}


def words(text: str) -> list[str]:
    """The words of a text, in order: letters and digits, small, without marks and apostrophes."""
    if not text.isascii():
        folded = unicodedata.normalize("NFKD", text).lower()
        text = "".join(letter for letter in folded if unicodedata.category(letter)[0] != "M")
    return _WORD.findall(text.lower().translate(_APOSTROPHES))


def stemmer(language: str) -> Callable[[str], str]:
    """What makes the stem of a word in this language: English has endings taken away, others stay as they are."""
    return porter.stem if language.lower().startswith("en") else str


def common(language: str) -> frozenset[str]:
    """The words of this language that are not looked up alone."""
    return _COMMON.get(language.lower().split("-")[0], frozenset())
