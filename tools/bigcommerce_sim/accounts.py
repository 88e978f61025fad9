"""API accounts: whose token a call carries, what it may do, whose secret signs its webhooks."""

from dataclasses import dataclass

EVERY_SCOPE = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Account:
    """Hold one API account of the store.

    `scopes` are OAuth scope names as in docs/simulator.md; `EVERY_SCOPE` allows everything.
    """

    client_id: str
    client_secret: str
    token: str
    scopes: frozenset[str] = EVERY_SCOPE

    def may(self, any_of: frozenset[str]) -> bool:
        """Say whether one of the scopes is granted; an empty set asks for none."""
        return not any_of or "*" in self.scopes or bool(self.scopes & any_of)


class Accounts:
    """Find accounts by token and by client id."""

    def __init__(self) -> None:
        self._by_token: dict[str, Account] = {}

    def add(self, account: Account) -> Account:
        """Add an account; one with the same client id is replaced, its token dies."""
        self.delete(account.client_id)
        self._by_token[account.token] = account
        return account

    def delete(self, client_id: str) -> None:
        """Forget an account, if it is there."""
        for known in list(self._by_token.values()):
            if known.client_id == client_id:
                del self._by_token[known.token]

    def revoke(self, token: str) -> bool:
        """Forget a token, as a scope change does; later calls with it get 401."""
        return self._by_token.pop(token, None) is not None

    def with_token(self, token: str) -> Account | None:
        """Return the account whose token this is."""
        return self._by_token.get(token)

    def secret_of(self, client_id: str) -> str | None:
        """Return the client secret of an account that still exists."""
        for account in self._by_token.values():
            if account.client_id == client_id:
                return account.client_secret
        return None
