from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.plain import plain
from flask_profiler.redaction import Names, words_of

SECRET = [
    *("password", "Password", "PASSWORD", "passwords", "user[password]"),
    *("user.password", "old_password", "newPassword", "password2", "db-password"),
    *("passwd", "pwd", "PWD", "pass", "db_pass", "pass word", "passphrase"),
    *("secret", "client_secret", "clientSecret", "SECRETS", "credentials"),
    *("token", "access_token", "accessToken", "ACCESS-TOKEN", "refreshToken"),
    *("csrfmiddlewaretoken", "csrftoken", "accesstoken", "token_count"),
    *("api_key", "apiKey", "apikey", "API-KEY", "APIKey", "x-api-key", "X_API_KEY"),
    *("api_keys", "api.key", "userAPIKey", "private_key", "aws_secret_access_key"),
    *("auth", "Authorization", "Proxy-Authorization", "X-Auth", "oauth2", "basicAuth"),
    *("session", "session_id", "sessionId", "sessionid", "PHPSESSID", "JSESSIONID"),
    *("sessions", "sessions_count", "csrf", "xsrf", "_csrf", "X-CSRF-Token"),
    *("card_number", "cardNumber", "card-number", "creditCardNumber", "credit_card"),
    *("cvv", "cvc2", "ssn", "SSN", "userSsn", "social_security_number"),
    *("jwt", "bearer", "otp", "p%61ssword", "pass%77ord", "api+key"),
]

HARMLESS = [
    *("author", "authors", "authored_by", "coauthor", "authority", "className"),
    *("classes", "lesson", "discard", "discard_number", "cards", "cardinal"),
    *("compass", "passenger", "bypass", "passing", "grass", "tokenizer", "tokenize"),
    *("secretary", "monkey", "keyboard", "key", "keys", "keyword", "keyNumber"),
    *("obsession", "possession", "assessment", "number", "api", "id", "name", "q"),
    *("page", "sort", "email", "address", "sku", "order_number", "phone_number"),
    *("description", "quantity", "sso", "assn", "cart_number"),
]


@pytest.mark.parametrize("name", SECRET)
def test_a_name_that_means_a_secret_is_known(name: str) -> None:
    assert Names().secret(name)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_name_that_only_looks_like_one_is_left_alone(name: str) -> None:
    assert not Names().secret(name)


def test_names_of_the_configuration_match_as_whole_words_too() -> None:
    names = Names(["iban", "Customer-Number", "one_two_three_four"])
    for name in ("IBAN", "customerIban", "ibans", "customer_number", "oneTwoThreeFour"):
        assert names.secret(name)
    for name in ("ibanez", "customer", "number", "oneTwoThree"):
        assert not names.secret(name)


def test_words_are_split_at_humps_separators_and_digits() -> None:
    assert words_of("myAPIKey2_x[Some.Thing]") == [
        *("my", "api", "key", "2"),
        *("x", "some", "thing"),
    ]


def test_a_name_that_is_too_long_to_be_one_counts_as_a_secret() -> None:
    assert Names().secret("x" * 201)
    assert not Names().secret("x" * 200)


def test_answers_are_remembered_in_bounded_number() -> None:
    names = Names()
    for number in range(5000):
        names.secret(f"name{number}")
        names.secret(f"token{number}")
    assert len(names.harmless) <= 2048
    assert len(names._harmful) <= 2048


@pytest.mark.parametrize(
    ("query", "redacted"),
    [
        ("", ""),
        ("a=1&b=2", "a=1&b=2"),
        ("a=1&token=x%20y&b", "a=1&token=[redacted]&b"),
        ("token=1&token=2", "token=[redacted]&token=[redacted]"),
        ("to%6ben=1", "to%6ben=[redacted]"),
        ("user%5Bpassword%5D=1&c==", "user%5Bpassword%5D=[redacted]&c=="),
        ("token", "token"),
        ("token=", "token=[redacted]"),
    ],
)
def test_secrets_of_a_query_are_replaced(query: str, redacted: str) -> None:
    names = Names()
    assert names.query(query) == redacted
    assert names.query(query) == redacted


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        ("https://a.example/b", "https://a.example/b"),
        ("/b?page=1&token=2", "/b?page=1&token=[redacted]"),
        ("/b#access_token=2&x=1", "/b#access_token=[redacted]&x=1"),
        ("/b?pwd=1#token=2", "/b?pwd=[redacted]#token=[redacted]"),
        ("/b?a=1#part", "/b?a=1#part"),
    ],
)
def test_secrets_of_a_url_are_replaced(url: str, redacted: str) -> None:
    assert Names().url(url) == redacted


@given(st.text(max_size=50), st.text(max_size=50))
def test_no_text_makes_it_fail(name: str, query: str) -> None:
    names = Names([name])
    names.secret(query)
    names.query(query)
    names.url(query)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=30,
    )
)
def test_any_value_becomes_one_that_json_can_hold(value: object) -> None:
    import json

    json.dumps(plain(value, Names()), allow_nan=False)


def test_deep_and_large_values_are_cut() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert str(plain(deep, Names())).endswith("'[list of 1]'" + "]" * 16)
    assert len(plain(list(range(100_000)), Names())) < 1001
    assert len(plain({str(n): n for n in range(100_000)}, Names())) < 1001
    assert len(plain("x" * 100_000, Names())) == 4097
