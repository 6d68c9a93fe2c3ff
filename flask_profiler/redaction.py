"""What must not be stored: which names mean a secret, and what stands in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote_plus

REDACTED = "[redacted]"

_SECRETS = frozenset(
    {
        *("password", "passwd", "pwd", "pass", "passphrase", "passcode", "otp"),
        *("secret", "credential", "token", "jwt", "bearer", "oauth"),
        *("auth", "authorization", "authentication"),
        *("apikey", "accesskey", "authkey", "privatekey", "secretkey", "signingkey"),
        *("encryptionkey", "masterkey", "subscriptionkey"),
        *("session", "sessionid", "sessid", "phpsessid", "jsessionid", "csrf", "xsrf"),
        *("cardnumber", "cardno", "ccnumber", "creditcard", "cvv", "cvc"),
        *("ssn", "socialsecurity"),
    }
)
"""Lower case, singular; of several words, without what separates them."""

_ENDINGS = ("password", "passwd", "token", "secret", "apikey", "sessionid")
"""A single word that ends so is a secret too: `accesstoken`, `dbpassword`."""

_LONGEST = 200
"""Characters; a longer name is nobody's name, and counts as a secret."""

_REMEMBERED = 2048

_BORDER = re.compile(
    r"[\W_]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
    r"|(?<=\d)(?=\D)|(?<=\D)(?=\d)"
)


def words_of(name: str) -> list[str]:
    """Split a name at separators, at digits and at the humps of camelCase."""
    return [word.lower() for word in _BORDER.split(name) if word]


class Names:
    """Tell which names mean a secret.

    A name does if one of its words, or some that follow one another, are a secret's:
    `user[password]`, `X-Api-Key`, `cardNumber`; not `author` or `discard`. Answers are
    remembered, in bounded number. Any thread.
    """

    __slots__ = (
        "_clean_queries",
        "_harmful",
        "_most_words",
        "_secrets",
        "clean_urls",
        "harmless",
    )

    def __init__(self, more: Iterable[str] = ()) -> None:
        added = [words_of(name) for name in more]
        self._secrets = _SECRETS.union(_singular("".join(words)) for words in added)
        self._most_words = max([3, *map(len, added)])
        self._harmful: set[str] = set()
        self.harmless: set[str] = set()
        """Names that are known to be no secrets; others may be none either."""
        self._clean_queries: set[str] = set()
        self.clean_urls: set[str] = set()
        """URLs that are known to hold no secrets."""

    def secret(self, name: str) -> bool:
        """Tell whether a name, which may be percent-encoded, means a secret."""
        if name in self.harmless:
            return False
        if name in self._harmful or len(name) > _LONGEST:
            return True
        secret = self._means_secret(words_of(unquote_plus(name)))
        remembered = self._harmful if secret else self.harmless
        if len(remembered) >= _REMEMBERED:
            remembered.clear()
        remembered.add(name)
        return secret

    def query(self, text: str) -> str:
        """Give a query string, or a form's body, with its secrets replaced."""
        if text in self._clean_queries:
            return text
        pairs = text.split("&")
        for pair in pairs:
            if pair.partition("=")[0] not in self.harmless:
                text = "&".join([self._pair(pair) for pair in pairs])
                break
        _remember(text, self._clean_queries)
        return text

    def url(self, text: str) -> str:
        """Give a URL with the secrets of its query and of its fragment replaced."""
        if "#" in text:
            head, _, fragment = text.partition("#")
            text = f"{self.url(head)}#{self.query(fragment)}"
        else:
            head, mark, query = text.partition("?")
            if mark:
                text = f"{head}?{self.query(query)}"
        _remember(text, self.clean_urls)
        return text

    def _pair(self, pair: str) -> str:
        name, equals, _ = pair.partition("=")
        return f"{name}={REDACTED}" if equals and self.secret(name) else pair

    def _means_secret(self, words: list[str]) -> bool:
        if any(_singular(word).endswith(_ENDINGS) for word in words):
            return True
        return any(
            _singular("".join(words[first:last])) in self._secrets
            for first in range(len(words))
            for last in range(first + 1, first + self._most_words + 1)
        )


def _remember(text: str, among: set[str]) -> None:
    if len(text) <= _LONGEST:
        if len(among) >= _REMEMBERED:
            among.clear()
        among.add(text)


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
