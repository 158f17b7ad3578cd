"""Allergens named by food law, each by one word that every language translates."""

from __future__ import annotations

from typing import Literal

# Regulation (EU) No 1169/2011, Annex II. The eight groups of China's GB 7718 are among them.
Allergen = Literal[
    "gluten",
    "crustaceans",
    "egg",
    "fish",
    "peanut",
    "soy",
    "milk",
    "nuts",
    "celery",
    "mustard",
    "sesame",
    "sulphites",
    "lupin",
    "molluscs",
]
