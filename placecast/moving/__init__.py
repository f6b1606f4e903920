"""A show that comes from another host: what its feed says, what of that is lost, and whether the new feed is the same.

Data in, data out. Asking servers and writing files is `arrival`'s part.
"""
