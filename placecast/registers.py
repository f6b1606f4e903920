"""Words that the podcast namespace's registers allow: services, protocols and licences."""

from __future__ import annotations

_SERVICES = """
acast amazon anchor apple audible audioboom backtracks bitcoin blubrry buzzsprout captivate castopod castos facebook
fireside fyyd google gpodder hypercatcher kasts libsyn mastodon megafono megaphone omnystudio overcast paypal pinecast
podbean podcastaddict podcastguru podcastindex podcasts podcasts.com podchaser podcloud podfriend podiant podigee
podnews podomatic podserve podverse redcircle relay relayfm resonate resonaterecordings rss rss.com shoutengine
simplecast slack soundcloud spotify spreaker tiktok transistor twitter whooshkaa youtube zencast
"""

_CREATIVE_COMMONS = """
by-1.0 by-2.0 by-2.5 by-2.5-au by-3.0 by-3.0-at by-3.0-au by-3.0-de by-3.0-igo by-3.0-nl by-3.0-us by-4.0
by-nc-1.0 by-nc-2.0 by-nc-2.5 by-nc-3.0 by-nc-3.0-de by-nc-4.0
by-nc-nd-1.0 by-nc-nd-2.0 by-nc-nd-2.5 by-nc-nd-3.0 by-nc-nd-3.0-de by-nc-nd-3.0-igo by-nc-nd-4.0
by-nc-sa-1.0 by-nc-sa-2.0 by-nc-sa-2.0-de by-nc-sa-2.0-fr by-nc-sa-2.0-uk by-nc-sa-2.5 by-nc-sa-3.0 by-nc-sa-3.0-de
by-nc-sa-3.0-igo by-nc-sa-4.0 by-nd-1.0 by-nd-2.0 by-nd-2.5 by-nd-3.0 by-nd-3.0-de by-nd-4.0
by-sa-1.0 by-sa-2.0 by-sa-2.0-uk by-sa-2.1-jp by-sa-2.5 by-sa-3.0 by-sa-3.0-at by-sa-3.0-de by-sa-3.0-igo by-sa-4.0
"""

# serviceslugs.txt of the podcast namespace, with the spellings that the Podcast Index's parser knows.
SERVICES = frozenset(_SERVICES.split())

# socialprotocols.txt: "disabled" says that there are to be no comments. "bluesky" was renamed in its pull request 690.
DISABLED = "disabled"
SOCIAL_PROTOCOLS = frozenset({DISABLED, "activitypub", "atproto", "hive", "lightning", "matrix", "nostr", "twitter"})

# chatprotocols.txt.
CHAT_PROTOCOLS = frozenset({"irc", "matrix", "nostr", "xmpp"})

# Of SPDX's list, in lower case, those that are made for more than software. Apps find the text of these by themselves.
LICENSES = frozenset(
    {f"cc-{name}" for name in _CREATIVE_COMMONS.split()}
    | {"cc0-1.0", "cc-pddc", "lal-1.3", "odc-by-1.0", "ogl-uk-1.0", "ogl-uk-2.0", "ogl-uk-3.0"}
)
