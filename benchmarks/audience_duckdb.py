"""Counts downloads as one would with DuckDB in ten minutes: what benchmarks/audience.py measures placecast against.

    python audience_duckdb.py cloudfront FOLDER LEAST_BYTES THREADS

One minimum of bytes for all episodes, bots by four words, addresses in memory as they are.
"""

from __future__ import annotations

import resource
import sys

import duckdb

CLOUDFRONT = (
    "day time edge sent address method host path status referer agent query cookie result id xhost protocol received "
    "taken forwarded ssl cipher response version fle encrypted port first detailed type length begin last"
)
S3 = (
    "owner bucket day zone address requester id method path request status error sent size total turn referer agent "
    "version host signature cipher authentication name tls arn acl"
)
READ = {
    "cloudfront": (CLOUDFRONT, r"delim = '\t', skip = 2, quote = '', escape = ''"),
    "s3": (S3, """delim = ' ', skip = 0, quote = '"', escape = ''"""),
}
WANTED = {
    "cloudfront": "method = 'GET' and not (begin = '0' and last = '1')",
    "s3": "ends_with(method, '.GET.OBJECT') and sent <> '2'",
}
QUERY = """
with listened as (
    select {day} as date, regexp_extract(path, 'media/(.*)-[0-9a-f]{{12}}[.]mp3', 1) as episode, agent,
        array_to_string(string_split(address, ':')[1:4], ':') as network,
        sum(try_cast(sent as bigint)) as bytes
    from read_csv('{folder}/*', header = false, auto_detect = false, {how}, columns = {{{columns}}})
    where contains(path, 'media/') and status in ('200', '206') and {wanted}
        and not regexp_matches(agent, '[Bb]ot|crawl|spider|curl')
    group by all
)
select date, episode, agent, count(*) from listened where bytes >= {least} group by all
"""


def main(kind: str, folder: str, least: str, threads: str) -> None:
    names, how = READ[kind]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names.split())
    day = "day" if kind == "cloudfront" else "day[2:12]"
    database = duckdb.connect()
    database.execute(f"set threads = {threads}")
    asked = {"day": day, "folder": folder, "how": how, "columns": columns, "wanted": WANTED[kind], "least": least}
    found = database.execute(QUERY.format(**asked)).fetchall()
    print(sum(row[-1] for row in found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main(*sys.argv[1:])
