"""Casa Orsini, a shop that does not exist: what ``manage.py demo`` fills an empty desk with, and how it runs it.

``data/`` holds the words and figures, these modules what is done with them: people, shop (orders), topics (categories and
their questions, canned replies, articles), terms (what is promised to whom), stories (requests, told through
``tickets.lifecycle``), seeding (all of it, once), run (the processes).
"""
