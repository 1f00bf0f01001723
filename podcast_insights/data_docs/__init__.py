"""Data docs: what Great Expectations found in each table on each day, as pages for who keeps the data right.

They are made from the table ``check_results``, lie beside the tables, and are not published: rows that break a rule may
be what no reader should see. ``values.py`` says what a page shows, ``found.py`` reads it, ``pages.py`` makes HTML of it
and ``write.py`` decides what is written. Running rules is not done here (``quality/run.py``).
"""
