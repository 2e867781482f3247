"""The findings of the survey are all explained, and none is explained that cannot be told."""

import re
from pathlib import Path

import preprocess.labour
from preprocess.labour.rules import LABOUR_RULES


def test_every_rule_of_the_survey_is_told_and_explained() -> None:
    folder = Path(preprocess.labour.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py") if path.stem != "rules")
    assert set(re.findall(r'"(labour-[a-z-]+)"', code)) == set(LABOUR_RULES)
