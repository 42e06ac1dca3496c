"""Papers: what the record holds, for people who read print. A model, and what draws it.

Nothing here knows a desk: :mod:`parley.paper.model` says what stands on a paper,
:mod:`parley.paper.page` makes a web page of it and :mod:`parley.paper.pdf` a PDF.
"""
