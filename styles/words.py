"""Texts in the two languages of the project, and numbers as each writes them."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the two languages of the project."""

    fr: str
    en: str


def say(words: Words, language: Language) -> str:
    """Choose the language of a text."""
    return words.en if language == "en" else words.fr


def format_fr(value: float, decimals: int) -> str:
    """Write a number as French does: narrow no-break spaces by thousands, a decimal comma."""
    return f"{value:,.{decimals}f}".translate({ord(","): "\u202f", ord("."): ",", ord("-"): "\u2212"})


def format_en(value: float, decimals: int) -> str:
    """Write a number as English does."""
    return f"{value:,.{decimals}f}".translate({ord("-"): "\u2212"})


def both(template: Words, decimals: int, *numbers: float) -> Words:
    """Fill the places ``{0}``, ``{1}`` … of a text with numbers, each as its language writes it."""
    return Words(
        template.fr.format(*(format_fr(number, decimals) for number in numbers)),
        template.en.format(*(format_en(number, decimals) for number in numbers)),
    )


def decimals_needed(numbers: tuple[float, ...], precision: int) -> int:
    """Count the decimals, at most `precision`, that the numbers need."""
    return next(
        (
            count
            for count in range(precision)
            if all(round(number, count) == round(number, precision) for number in numbers)
        ),
        precision,
    )
