"""How often episodes are downloaded: counted from the logs of the server, by the guideline of the IAB Tech Lab.

The Podcast Technical Measurement Guidelines, version 2.3, section 5.5, say what counts; `rules` has their numbers.
`logs` reads what S3 and CloudFront write, `tally` sums up one batch of files, `counting` puts the batches together,
and `kept` remembers the counts, and nothing but counts, so that logs can be deleted.
"""
