"""The language of expressions: what it reads, and that it refuses all else in one sentence."""

import pytest

from layers.expressions import expression_names, parse_expression


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("friche_area / area_km2 * 100", ["friche_area", "area_km2"]),
        ("-(a - 2.5) + b / a", ["a", "b"]),
        ("min(a, b, 1e3)", ["a", "b"]),
        ("log(a) - country(a) / country(b)", ["a", "b"]),
        (" a ", ["a"]),
    ],
)
def test_an_expression_names_its_indicators(text: str, names: list[str]) -> None:
    assert sorted(expression_names(parse_expression(text))) == sorted(names)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be read"), ("a +", "cannot be read"), ("a; b", "cannot be read"),
        ("1 + 2", "no indicator"),
        ("a ** 9", "not part"), ("a // 2", "not part"), ("a % 2", "not part"), ("+a", "not part"),
        ("a.b", "not part"), ("a[0]", "not part"), ("[a]", "not part"), ("a if a else a", "not part"),
        ("a < 2", "not part"), ("lambda: a", "not part"), ("a and a", "not part"), ("f'{a}'", "not part"),
        ("'a'", "no number"), ("True * a", "no number"), ("None", "no number"), ("1j * a", "no number"),
        ("__import__('os')", "no such function"), ("a.b(c)", "no such function"),
        ("exp(a)", "no such function"),
        ("log()", "log takes 1"), ("log(a, b)", "log takes 1"), ("min(a)", "min takes 2 to 8"),
        ("min(a, b, key=c)", "min takes"), ("country(a + b)", "of one indicator"), ("country()", "of one"),
        ("(" * 300 + "a" + ")" * 300, "characters"), ("-" * 400 + "a", "parts"), ("a+" * 120 + "a", "parts"),
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_expression(text)
    assert "\n" not in str(caught.value)
