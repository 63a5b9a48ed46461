"""What residents' words say: tone, language, key phrases, summaries and honest shares.

Plain Python, NLTK and NumPy: no Django, no clock, no network, no download. Functions, not a framework: import them
from their modules (``from sentiment.nlp.tone import read``), or run ``python -m sentiment.nlp``.
"""
