"""A store without the survey says so."""

import httpx


def test_a_store_without_the_survey_says_so(client: httpx.Client) -> None:
    for path in ("/labour?level=ti&trade=x", "/labour/trades"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "labour market" in answer.json()["detail"]
