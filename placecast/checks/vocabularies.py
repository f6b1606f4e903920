"""Words that other people's lists allow: countries, and what people do on a podcast."""

from __future__ import annotations

import re

_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY
QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""

# ISO 3166-1 alpha-2.
COUNTRIES = frozenset(_COUNTRIES.split())

# The Podcast Taxonomy's groups, in lower case: the podcast namespace ignores the case.
GROUPS = frozenset(
    {
        "administration",
        "audio post-production",
        "audio production",
        "cast",
        "community",
        "creative direction",
        "misc.",
        "video post-production",
        "video production",
        "visuals",
        "writing",
    }
)

# The Podcast Taxonomy's roles, in lower case.
ROLES = frozenset(
    {
        "announcer",
        "assistant camera",
        "assistant director",
        "assistant editor",
        "associate producer",
        "audio editor",
        "audio engineer",
        "author",
        "booking coordinator",
        "camera grip",
        "camera operator",
        "co-host",
        "co-writer",
        "composer",
        "consultant",
        "content manager",
        "cover art designer",
        "creative director",
        "development producer",
        "director",
        "editor",
        "editorial director",
        "executive producer",
        "fact checker",
        "foley artist",
        "graphic designer",
        "guest",
        "guest host",
        "guest writer",
        "host",
        "intern",
        "lighting designer",
        "logger",
        "managing editor",
        "marketing manager",
        "music contributor",
        "music production",
        "narrator",
        "post production engineer",
        "producer",
        "production assistant",
        "production coordinator",
        "remote recording engineer",
        "reporter",
        "researcher",
        "sales manager",
        "sales representative",
        "script coordinator",
        "script editor",
        "senior producer",
        "social media manager",
        "songwriter",
        "sound designer",
        "story editor",
        "studio coordinator",
        "technical director",
        "technical manager",
        "theme music",
        "transcriber",
        "translator",
        "voice actor",
        "writer",
    }
)

# A date as feeds have it (RFC 2822, section 3.3), the names of zones aside.
RFC_2822 = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)"
)
