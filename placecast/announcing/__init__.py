"""Announcing an episode: a folder with everything that tells of it, and posting what a person has looked at.

`kit` makes the folder, `posting` posts what is in it, `record` keeps in mind what was posted.
"""
