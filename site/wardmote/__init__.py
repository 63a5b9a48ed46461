"""Wardmote: the platform on which a council and its residents talk with each other.

This package puts the apps together (settings, addresses, accounts, the front page, the demonstration council).
Nothing below imports it but its foundation, ``wardmote.core``.
"""

__version__ = "0.1.0"
